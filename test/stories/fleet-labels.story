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

## compares a number and a truth as they are written
declare t1: certificate: app, labels: { tier: 1, live: true }
declare t2: certificate: app, labels: { tier: 2, live: true }
$ mfa-cli fleet plan --label tier=1 live=true --json
json .tenants[].name is ["t1"]
$ mfa-cli fleet plan --label live=true --json
json .tenants[].name is ["t1","t2"]

## takes of the named tenants those that have the label
$ mfa-cli fleet plan --only t2 t3 --label region=eu --json
json .tenants[].name is ["t2"]
$ mfa-cli fleet plan --only t3 --label region=eu --json
exit 2
json .error.message has of --only

## needs a label with its value
$ mfa-cli fleet plan --label region --json
exit 2
json .error.code is usage
