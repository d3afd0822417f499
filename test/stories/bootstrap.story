# `bootstrap`: what is made, kept and removed at a tenant that nobody has made ready.

bare tenant

## plans everything and changes nothing with --dry-run
$ mfa-cli bootstrap --dry-run --user admin@example.com --json
json .dryRun is true
json .steps[].action are create
nothing sent
tenant is as remembered

## makes the application, the role, its right and its member, each once and in this order
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .steps[].step is ["application","client","redirect","scope","role","right","permission",
  "member"]
json .steps[].action are create
json .steps[].verified are true
sent in order ImportAppFromTemplate, UpdateApplicationDE, StoreRole, AssignSuperRights,
  SetApplicationPermissions, AddUsersAndGroupsToRole
application mfa-cli .OAuthProfile.AllowedClients is ["mfa-cli"]
application mfa-cli .OAuthProfile.AllowPublic is true
application mfa-cli .OAuthProfile.AllowedAuth is "AuthorizationCode"
application mfa-cli .OAuthProfile.Redirects is ["http://127.0.0.1:$PORT/callback"]

## opens only the calls that mfa-cli needs
$ mfa-cli bootstrap --yes --json
application mfa-cli .OAuthProfile.KnownScopes[].Mode is ["RestFilter"]
application mfa-cli .OAuthProfile.KnownScopes[].AllowedRest is
  [["/?Mobile/(Set|Delete)ApnsCertForClientApp","/?Security/WhoAmI"]]

## changes nothing the second time, and asks nothing
$ mfa-cli bootstrap --yes --user admin@example.com
$ mfa-cli bootstrap --user admin@example.com --json
json .steps[].action are keep
nothing asked
nothing sent

## leaves the tenant as it was with --remove, twice
$ mfa-cli bootstrap --yes --user admin@example.com
$ mfa-cli bootstrap --remove --yes --user admin@example.com --json
json .steps[].step is ["application","role"]
json .steps[].action are remove
json .steps[].verified are true
tenant is as remembered
$ mfa-cli bootstrap --remove --yes --user admin@example.com --json
json .steps is []
nothing sent

## works however the tenant behaves: <BEHAVIOR>
each BEHAVIOR: role-grant=directory | application-update=merge | absent-name=refused
  | missing-right=403
bare tenant <BEHAVIOR>
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .steps[].action are create
json .steps[].verified are true
$ mfa-cli bootstrap --user admin@example.com --json
json .steps[].action are keep
nothing sent
$ mfa-cli bootstrap --remove --yes --user admin@example.com --json
json .steps[].verified are true
tenant is as remembered

## finds the application by its name where the tenant refuses the query: <BEHAVIOR>
each BEHAVIOR: absent-name=nothing | absent-name=refused
bare tenant <BEHAVIOR>
fault refused at /RedRock/query
$ mfa-cli bootstrap --yes --json
json .steps[application].action is create
json .steps[].verified are true
fault refused at /RedRock/query
$ mfa-cli bootstrap --json
json .steps[].action are keep
nothing sent

## changes nothing without a yes
$ mfa-cli bootstrap --json
exit 2
json .error.code is prompt-unavailable
nothing sent
$ mfa-cli bootstrap
answer no
exit 130
nothing sent
tenant is as remembered

## opens two more calls with --read-back, says what else they read, and closes them without it
$ mfa-cli bootstrap --yes --read-back --json
stderr has The two calls that --read-back allows also read other settings of the tenant.
application mfa-cli .OAuthProfile.KnownScopes[0].AllowedRest is
  ["/?Mobile/(Set|Delete)ApnsCertForClientApp","/?Security/WhoAmI","/?Core/GetTenantConfig",
  "/?TenantConfig/GetAdvancedConfig"]
$ mfa-cli bootstrap --yes --json
json .steps[scope].action is change
json .steps[application].action is keep
sent in order UpdateApplicationDE
application mfa-cli .OAuthProfile.KnownScopes[0].AllowedRest is
  ["/?Mobile/(Set|Delete)ApnsCertForClientApp","/?Security/WhoAmI"]

## says what <OPTION> opens to a pipeline where people have it already
each OPTION: --devices | --read-back
$ mfa-cli bootstrap --yes <OPTION>
$ mfa-cli bootstrap --yes <OPTION> --service-user pipe@example.com --secret-file ci.secret --json
json .steps[scope].action is keep
json .steps[pipeline-application].action is create
stderr has <OPTION> allows
$ mfa-cli bootstrap --yes <OPTION> --json
json .steps[].action are keep
stderr lacks <OPTION> allows
$ mfa-cli bootstrap --yes <OPTION> --service-user pipe@example.com --secret-file ci.secret --json
json .steps[].action are keep
stderr lacks <OPTION> allows

## says what <OPTION> opens where the pipeline had less, and people had it already
each OPTION: --devices | --read-back
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret
$ mfa-cli bootstrap --yes <OPTION>
$ mfa-cli bootstrap --yes <OPTION> --service-user pipe@example.com --secret-file ci.secret --json
json .steps[scope].action is keep
json .steps[pipeline-application].action is change
stderr has <OPTION> allows

## uses the names that are given
$ mfa-cli bootstrap --yes --app-id push.admin --client-id laptop --role Pushers --json
json .steps[].verified are true
application push.admin .OAuthProfile.AllowedClients is ["laptop"]
tenant has role Pushers
tenant has no role mfa-cli

## adds another port beside the first
$ mfa-cli bootstrap --yes
let FIRST be $PORT
port is free
$ mfa-cli bootstrap --yes --json
json .steps[redirect].action is create
json .steps[client].action is keep
sent in order UpdateApplicationDE
application mfa-cli .OAuthProfile.Redirects is
  ["http://127.0.0.1:$FIRST/callback","http://127.0.0.1:$PORT/callback"]

## makes a service user for pipelines, and writes its password for the user alone
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[pipeline-application].verified is true
json .steps[pipeline-permission].verified is true
json .steps[service-user].verified is true
json .steps[service-member].verified is true
file ci.secret mode 0600
stderr has export MFA_CLI_TENANT=$URL
stderr has export MFA_CLI_APP_ID=mfa-cli-pipelines
stderr has export MFA_CLI_CLIENT_ID=pipe@example.com
stderr has export MFA_CLI_CLIENT_SECRET_FILE=$DIR/ci.secret
stderr lacks MFA_CLI_SCOPE
application mfa-cli-pipelines .OAuthProfile.AllowedAuth is "ClientCreds"
application mfa-cli-pipelines .OAuthProfile.MustBeOauthClient is true

## tells a pipeline the scope that is not the usual one
$ MFA_CLI_SCOPE=push mfa-cli bootstrap --yes --service-user pipe@example.com
  --secret-file ci.secret --json
stderr has export MFA_CLI_SCOPE=push
application mfa-cli-pipelines .OAuthProfile.KnownScopes[].Scope is ["push"]

## lets the new service user set a certificate
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret
no variable MFA_CLI_TOKEN
variable MFA_CLI_APP_ID=mfa-cli-pipelines
variable MFA_CLI_CLIENT_ID=pipe@example.com
variable MFA_CLI_CLIENT_SECRET_FILE=ci.secret
$ mfa-cli apns set %22-pw-spaces-quotes --password-file - --json
stdin " a\"b'c$ "
json .sent is true

## keeps the password file of a service user that exists
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[].action are keep
stderr has already exists, so ci.secret was not written.
file ci.secret is unchanged
nothing sent

## keeps the password of a user that may have been made
fault unanswered at /CDirectoryService/CreateUser
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
exit 8
json .error.code is outcome-unknown
json .steps[service-user].verified is true
json .steps[service-member].verified is false
file ci.secret mode 0600
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[service-user].action is keep
json .steps[service-member].action is create
file ci.secret is unchanged

## removes the service user and its application, and leaves the password file
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret
$ mfa-cli bootstrap --remove --yes --json
json .steps[].step is ["service-user","pipeline-application","application","role"]
json .steps[].verified are true
tenant is as remembered
file ci.secret is unchanged
