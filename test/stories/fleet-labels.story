# `--label`: the tenants of a fleet that a command takes.

fleet of 3
declare t1: certificate: app, labels: { region: eu, ring: canary }
declare t2: certificate: app, labels: { region: eu, ring: later }

## sends only to the tenants that have all of the labels
$ mfa-cli fleet apply --yes --label region=eu ring=canary
t1 holds com.example.lab
t2 holds nothing
t3 holds nothing

## stops where no tenant has the label
$ mfa-cli fleet apply --yes --label ring=none --json
exit 2
json .error.message has ring=none
nobody asked
