{{- define "till.labels" -}}
app: {{ .Release.Name }}
version: {{ .Chart.AppVersion | quote }}
{{- end }}
