### given
rm -rf 12-chart
cp -R charts/welcome 12-chart
# The deployment carries its owner.
carry() {
    sed 's/^  name: .*/&\
  annotations: {owner: {{ quote .Values.owner }}}/' charts/welcome/templates/deployment.yaml > 12-chart/templates/deployment.yaml
}
# A schema: $1 are its rules, $2 are those of replicas, $3 those of owner.
schema() {
    cat > 12-chart/values.schema.json <<END
{"type": "object", $1
 "properties": {"owner": {"type": "string" $3}, "replicas": {$2}, "global": {}, "image": {}, "service": {},
                "settings": {}, "minAvailable": {}, "graceSeconds": {}}}
END
}
all='"required": ["owner"], "additionalProperties": false,'
bounds='"type": "integer", "minimum": 1, "maximum": 10'

### right schema: All of it in the schema.
carry
schema "$all" "$bounds" ', "minLength": 1'

### right template: The owner is required by the template, with words of one's own.
schema '"additionalProperties": false,' "$bounds" ''
sed 's/^  name: .*/&\
  annotations:\
    owner: {{ required "owner: whom do we call at night?" .Values.owner }}/' charts/welcome/templates/deployment.yaml > 12-chart/templates/deployment.yaml

### right listed: The numbers are listed, and the pods carry the owner as well.
sed 's/^  name: .*/&\
  annotations: {owner: {{ quote .Values.owner }}}/; s/^        settings:/        owner: {{ quote .Values.owner }}\
&/' charts/welcome/templates/deployment.yaml > 12-chart/templates/deployment.yaml
schema "$all" '"enum": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]' ', "pattern": "."'

### wrong nobody (breaks 1): No owner, and nobody minds.
carry
schema '"additionalProperties": false,' "$bounds" ', "minLength": 1'

### wrong empty (breaks 1): An empty one will do.
carry
schema "$all" "$bounds" ''

### wrong unseen (breaks 2): It is asked for, and goes nowhere.
schema "$all" "$bounds" ', "minLength": 1'

### wrong many (breaks 3): As many as you like.
carry
schema "$all" '"type": "integer", "minimum": 1' ', "minLength": 1'

### wrong half (breaks 3): Two and a half, if need be.
carry
schema "$all" '"type": "number", "minimum": 1, "maximum": 10' ', "minLength": 1'

### wrong one-typo (breaks 4): This very typo is refused, and every other passes.
carry
schema '"required": ["owner"], "not": {"required": ["replica"]},' "$bounds" ', "minLength": 1'

### wrong typo (breaks 4): What it does not know passes.
carry
schema '"required": ["owner"],' "$bounds" ', "minLength": 1'

### wrong budget (breaks 5): The budget got lost.
carry
schema "$all" "$bounds" ', "minLength": 1'
rm 12-chart/templates/budget.yaml

### wrong unlabelled (breaks 5): The service has lost its labels.
carry
schema "$all" "$bounds" ', "minLength": 1'
sed '/^  labels:/,/^spec/{/^spec/!d;}' charts/welcome/templates/service.yaml > 12-chart/templates/service.yaml

### undo
rm -rf 12-chart 12-chart-*
