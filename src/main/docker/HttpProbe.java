import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;

/**
 * Answers whether a URL is well: exits 0 when it answers with a 2xx status within two seconds, else 1 and says why. It is
 * the health check of our images, whose base has neither curl nor wget, and which need no shell.
 */
public final class HttpProbe {

    private static final int TIMEOUT_MILLIS = 2_000;

    private HttpProbe() {}

    public static void main(String[] arguments) {
        System.exit(isWell(URI.create(arguments[0])) ? 0 : 1);
    }

    private static boolean isWell(URI address) {
        try {
            // No proxy and no redirect: it is the process beside us that is asked, nobody on its behalf.
            var connection = (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            System.out.println(address + " answered " + status);
            return status / 100 == 2;
        } catch (IOException e) {
            System.out.println(address + " did not answer: " + e.getMessage());
            return false;
        }
    }
}
