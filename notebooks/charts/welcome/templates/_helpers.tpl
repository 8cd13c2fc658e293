{{- /* What all objects and pods of a release carry. */ -}}
{{- define "welcome.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
