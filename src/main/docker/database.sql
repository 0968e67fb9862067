-- After logins.sql, in the try-out stack of docker-compose.yml: the database, owned by the login that migrates it.
CREATE DATABASE rolesmith OWNER rolesmith_owner;
