{{/* The release's full name: "rolesmith" once, however the release is called. */}}
{{- define "rolesmith.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "rolesmith.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "rolesmith.fullname" .) -}}
{{- end -}}

{{/* What a Deployment may never change, so nothing but these two. */}}
{{- define "rolesmith.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rolesmith.labels" -}}
{{ include "rolesmith.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Login and password of a database secret as environment variables: a list of [login, name for messages, variable of the
     user, variable of the password]. */}}
{{- define "rolesmith.login" -}}
{{- $login := index . 0 -}}
{{- $secret := required (printf "%s.existingSecret is required: the Secret with that login and its password" (index . 1)) $login.existingSecret -}}
- name: {{ index . 2 }}
  valueFrom:
    secretKeyRef: {name: {{ $secret | quote }}, key: {{ $login.usernameKey | quote }}}
- name: {{ index . 3 }}
  valueFrom:
    secretKeyRef: {name: {{ $secret | quote }}, key: {{ $login.passwordKey | quote }}}
{{- end -}}

{{- define "rolesmith.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* What Kubernetes calls "restricted", for whole pods and for their containers. */}}
{{- define "rolesmith.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "rolesmith.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "rolesmith.databaseUrl" -}}
{{- required "database.url is required: jdbc:postgresql://host:port/database" .Values.database.url | quote -}}
{{- end -}}
