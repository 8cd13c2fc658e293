### given
for colour in red green blue; do
    docker build -q --target $colour -t lab/14-greet:$colour security/greet
done
# Three lines about the offers.
lines() { printf '%s\n' "$@" > 14-offers.txt; }
red='red: refuse, it calls GO-2022-1059'
green='green: run'
blue='blue: refuse, it tells collect.example'
# An SBOM as syft writes it, of the offer $1.
sbom() { syft -q "lab/14-greet:$1" -o spdx-json > made/14/offer.spdx.json; }

### right plain: As the task says it.
lines "$red" "$green" "$blue"
sbom green

### right prose: Capitals, another order, a list, long lines with empty ones between.
lines '- Green: RUN. The module is old; nothing of what is wrong in it is called (GO-2022-1059 neither).' '' \
    '- Blue: Refuse! /usr/local/bin/start does wget to http://collect.example/ with all my variables.' '' \
    '- Red: refuse; language.ParseAcceptLanguage, go-2022-1059.'
sbom green

### right saved: The SBOM is that of the image in a file, with a name said by hand.
lines "$blue" "$red" "$green"
docker save lab/14-greet:green -o made/14/offer.tar
syft -q made/14/offer.tar --source-name lab/14-greet --source-version green -o spdx-json > made/14/offer.spdx.json
rm made/14/offer.tar

### right bold: The words in bold, with a dash instead of a colon.
lines '**red** – refuse (GO-2022-1059)' '**green** – run' '**blue** – refuse (collect.example)'
sbom green

### right table: A table under a heading, with the images' whole names.
lines '# Three offers' '' '| Offer | Verdict | Why |' '|---|---|---|' '| lab/14-greet:red | refuse | calls GO-2022-1059 |' \
    '| lab/14-greet:green | run | does not |' '| lab/14-greet:blue | refuse | tells collect.example |'
sbom green

### wrong no-file (breaks 1): Nothing was written.
sbom green

### wrong two-run (breaks 1): Two are run.
lines "$red" "$green" 'blue: run, though it tells collect.example'
sbom green

### wrong none-run (breaks 1): All are refused, one for what it never calls.
lines "$red" 'green: refuse, GO-2022-1059 is in its module' "$blue"
sbom green

### wrong not-blue (breaks 1): A line is missing.
lines "$red" "$green"
sbom green

### wrong red (breaks 1): The one is run that calls what is vulnerable.
lines 'red: run, GO-2022-1059 is no matter' 'green: refuse' "$blue"
sbom red

### wrong no-number (breaks 2): Refused for the right thing, without its number.
lines 'red: refuse, it calls ParseAcceptLanguage' "$green" "$blue"
sbom green

### wrong other-number (breaks 2): The number of another fault of that module, which this version of it does not have any more.
lines 'red: refuse, GO-2021-0113' "$green" "$blue"
sbom green

### wrong no-host (breaks 3): It tells somebody; whom is not said.
lines "$red" "$green" 'blue: refuse, its script sends the environment away'
sbom green

### wrong shell (breaks 3): Refused for its size.
lines "$red" "$green" 'blue: refuse, it has a shell and 80 packages'
sbom green

### wrong no-sbom (breaks 4): No SBOM.
lines "$red" "$green" "$blue"

### wrong sbom-of-blue (breaks 4): The SBOM of another offer.
lines "$red" "$green" "$blue"
sbom blue

### wrong sbom-of-red (breaks 4): The SBOM of one that has the same module.
lines "$red" "$green" "$blue"
sbom red

### wrong sbom-of-program (breaks 4): The SBOM of the program alone, without the image around it.
lines "$red" "$green" "$blue"
docker create --name lab-14-look lab/14-greet:green
docker cp lab-14-look:/greet made/14/green
docker rm lab-14-look
syft -q made/14/green -o spdx-json > made/14/offer.spdx.json
rm made/14/green

### wrong other-format (breaks 4): The SBOM as a table.
lines "$red" "$green" "$blue"
syft -q lab/14-greet:green > made/14/offer.spdx.json

### undo
docker rm -f lab-14-look > /dev/null 2>&1 || true
rm -f 14-offers.txt made/14/offer.spdx.json made/14/green
