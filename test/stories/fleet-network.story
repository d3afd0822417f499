# A fleet behind TLS of its own authority, and the sessions of its tenants.

fleet of 3 tls

## sends nothing to a tenant whose certificate nobody knows
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[].sent is [false,true,false]
json .tenants[t1].error.code is tenant-tls
sent in order t2 set
on record t2 set

## trusts the authority of --ca-file at every tenant
$ mfa-cli fleet apply --yes --ca-file $CA --json
json .counts.sent is 3
on record t1 set, t2 set, t3 set

## trusts the authority of MFA_CLI_CA_FILE at every tenant
$ MFA_CLI_CA_FILE=$CA mfa-cli fleet apply --yes --json
json .counts.sent is 3

## trusts the authority of the profile that the file names
declare t1: certificate: app, sign-in: { profile: lab }
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login
  --profile lab --tenant $T1 --ca-file $CA
$ mfa-cli fleet apply --yes --only t1 --json
json .counts.sent is 1
on record t1 set

## a variable that takes the place of the authority of a profile is named
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login
  --profile lab --tenant $T1 --ca-file $CA
$ MFA_CLI_CA_FILE=@root.pem mfa-cli login --profile lab --json
exit 7
json .error.code is tenant-tls
json .error.hints has Unset MFA_CLI_CA_FILE to use $CA of the profile "lab".

## trusts the authority of a profile at the tenant of that profile alone
declare t1: certificate: app, sign-in: { profile: lab }
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login
  --profile lab --tenant $T1 --ca-file $CA
$ mfa-cli fleet apply --yes --only t1 t3 --json
exit 8
json .tenants[t1].sent is true
json .tenants[t3].error.code is tenant-tls

## signs in with the application of the profile that the file names
declare t1: certificate: app, sign-in: { profile: lab }
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login
  --profile lab --tenant $T1 --ca-file $CA --app-id pipelines
$ mfa-cli fleet apply --yes --only t1 --json
json .tenants[t1].sent is true
on record t1 set
