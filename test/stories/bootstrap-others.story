# `bootstrap`: what other administrators made stays theirs.

## adds to an application of somebody else, and takes away only what it added: <UPDATE>
each UPDATE: replace | merge
bare tenant application-update=<UPDATE>
another administrator adds an application <<
{
  "Name": "Pushing",
  "ServiceName": "mfa-cli",
  "Description": "Of Grace",
  "OAuthProfile": {
    "TargetIsUs": true,
    "ClientIDType": 0,
    "AllowPublic": true,
    "AllowedClients": ["grace"],
    "Redirects": ["https://grace.example/back"],
    "TokenType": "JwtRS256",
    "TokenLifetimeString": "0.01:00:00",
    "AllowedAuth": "AuthorizationCode",
    "AllowRefresh": false,
    "SomethingNew": { "of": ["the", "vendor"] },
    "KnownScopes": [{ "Scope": "mail", "Mode": "RestFilter", "AllowedRest": ["/?Mail/.*"] }]
  }
}
>>
$ mfa-cli bootstrap --yes --json
json .steps[application].action is keep
json .steps[client].action is create
json .steps[redirect].action is create
json .steps[scope].action is create
json .steps[permission].verified is true
application mfa-cli .Description is "Of Grace"
application mfa-cli .OAuthProfile.AllowedClients is ["grace","mfa-cli"]
application mfa-cli .OAuthProfile.Redirects is
  ["https://grace.example/back","http://127.0.0.1:$PORT/callback"]
application mfa-cli .OAuthProfile.TokenLifetimeString is "0.01:00:00"
application mfa-cli .OAuthProfile.AllowRefresh is false
application mfa-cli .OAuthProfile.SomethingNew is {"of":["the","vendor"]}
application mfa-cli .OAuthProfile.KnownScopes[].Scope is ["mail","all"]
$ mfa-cli bootstrap --json
json .steps[].action are keep
nothing sent
$ mfa-cli bootstrap --remove --yes --json
json .steps[application].action is change
json .steps[permission].action is remove
json .steps[role].action is remove
json .steps[].verified are true
tenant has no role mfa-cli
application mfa-cli .Description is "Of Grace"
application mfa-cli .OAuthProfile is {"TargetIsUs":true,"ClientIDType":0,"AllowPublic":true,
  "AllowedClients":["grace"],"Redirects":["https://grace.example/back"],"TokenType":"JwtRS256",
  "TokenLifetimeString":"0.01:00:00","AllowedAuth":"AuthorizationCode","AllowRefresh":false,
  "SomethingNew":{"of":["the","vendor"]},
  "KnownScopes":[{"Scope":"mail","Mode":"RestFilter","AllowedRest":["/?Mail/.*"]}]}

## takes no scope of somebody else away, though it has the wanted name
bare tenant
another administrator adds an application
  {"Name":"Pushing","ServiceName":"mfa-cli","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0,
  "KnownScopes":[{"Scope":"all","Mode":"RestFilter","Description":"Of Grace","AllowedRest":[".*"]}]}}
$ mfa-cli bootstrap --remove --yes --json
json .steps[].action are keep
nothing sent
application mfa-cli .OAuthProfile.KnownScopes[].Scope is ["all"]

## leaves an application of another kind alone
bare tenant
another administrator adds an application
  {"Name":"Pushing","ServiceName":"mfa-cli","OAuthProfile":{"TargetIsUs":false}}
remember the tenant
$ mfa-cli bootstrap --yes --json
exit 2
json .error.code is usage
json .error.hints is ["Use --app-id ID."]
nothing sent
tenant is as remembered

## uses a role of somebody else, in any letter case, and leaves it at --remove
bare tenant
another administrator adds the role Operators
$ mfa-cli bootstrap --yes --role operators --json
json .steps[role].action is keep
json .steps[right].action is create
tenant has no role operators
tenant has role Operators
$ mfa-cli bootstrap --remove --yes --role Operators --json
json .steps[application].action is remove
json .steps[role].action is keep
sent in order DeleteApplication
tenant has role Operators

## leaves the permission of a role of somebody else at an application of somebody else
bare tenant
another administrator adds an application
  {"Name":"Pushing","ServiceName":"mfa-cli","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds the role Operators
$ mfa-cli bootstrap --yes --role Operators --json
json .steps[permission].action is create
json .steps[permission].verified is true
$ mfa-cli bootstrap --remove --yes --role Operators --json
json .steps[application].action is change
json .steps[role].action is keep
json .steps[].step lacks permission
sent in order UpdateApplicationDE

## creates its own application next to one without a name that somebody else is filling in: <CONTENT>
each CONTENT: "AllowedClients":["grace"] | "Redirects":["https://grace.example/back"]
  | "KnownScopes":[{"Scope":"mail","Mode":"RestFilter","AllowedRest":["/?Mail/.*"]}]
bare tenant
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0,<CONTENT>}}
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[application].action is create
json .steps[pipeline-application].action is create
json .steps[].verified are true
application mfa-cli .OAuthProfile.AllowedClients is ["mfa-cli"]
application mfa-cli .OAuthProfile.Redirects is ["http://127.0.0.1:$PORT/callback"]
application mfa-cli .OAuthProfile.KnownScopes[].Scope is ["all"]
$ mfa-cli bootstrap --remove --yes --json
json .steps[].action are remove

## takes up an application that was left without a name for people, and creates the one for pipelines
bare tenant
fault unanswered at /SaasManage/ImportAppFromTemplate
$ mfa-cli bootstrap --yes --json
exit 7
json .error.code is outcome-unknown
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[application].action is change
json .steps[pipeline-application].action is create
json .steps[].verified are true
sent /SaasManage/ImportAppFromTemplate 1 time

## takes up an application for pipelines that was left without a name
bare tenant
$ mfa-cli bootstrap --yes
fault unanswered at /SaasManage/ImportAppFromTemplate
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
exit 7
json .error.code is outcome-unknown
no file ci.secret
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[application].action is keep
json .steps[pipeline-application].action is change
json .steps[].verified lacks false
sent /SaasManage/ImportAppFromTemplate 0 times

## takes up one of five applications without a name
bare tenant
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
$ mfa-cli bootstrap --yes --json
json .steps[application].action is change
sent /SaasManage/ImportAppFromTemplate 0 times

## takes up none of six applications without a name, which may be somebody else's
bare tenant
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"OAuth2 Client","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[application].action is create
json .steps[pipeline-application].action is create
json .steps[].verified are true
sent /SaasManage/ImportAppFromTemplate 2 times

## deletes no application without a name that was there before: <ANSWER>
each ANSWER: refused | forbidden
bare tenant
fault refused at /SaasManage/UpdateApplicationDE
fault forbidden at /SaasManage/DeleteApplication
$ mfa-cli bootstrap --yes --json
exit 6
remember the tenant
fault <ANSWER> at /SaasManage/UpdateApplicationDE
$ mfa-cli bootstrap --yes --json
exit 6
sent in order UpdateApplicationDE
tenant is as remembered

## removes nothing that it did not make
bare tenant
another administrator adds an application
  {"Name":"Pushing","ServiceName":"mfa-cli","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds an application
  {"Name":"Robots","ServiceName":"mfa-cli-pipelines","OAuthProfile":{"TargetIsUs":true,"ClientIDType":0}}
another administrator adds the role mfa-cli
remember the tenant
$ mfa-cli bootstrap --remove --yes --json
json .steps[].step is ["pipeline-application","application","role"]
json .steps[].action are keep
nothing sent
tenant is as remembered

## asks for --right where the tenant has several
bare tenant device-right=all-and-limited
$ mfa-cli bootstrap --yes --json
exit 2
json .error.code is prompt-unavailable
json .error.message has Device Management (All), Device Management (Limited)
nothing sent
$ mfa-cli bootstrap --yes --right 'device management (limited)' --json
json .steps[right].name is "Device Management (Limited)"
json .steps[].verified are true

## names the rights of the tenant where --right is none of them
bare tenant
$ mfa-cli bootstrap --yes --right 'Device Manager' --json
exit 2
json .error.code is usage
json .error.message has It has: Application Management, Device Management
nothing sent

## notices an update of the vendor's tools that took the redirect away, and adds it again
bare tenant application-update=replace
$ mfa-cli bootstrap --yes --json
$ mfa-cli api POST /SaasManage/GetAppIDByServiceName --data '{"Name":"mfa-cli"}' --json
let KEY be json .body.Result
# The vendor's SDK sends the members of its model alone.
$ mfa-cli api POST /SaasManage/UpdateApplicationDE --data
 '{"_RowKey":"$KEY","ID":"$KEY","PVID":"$KEY","Name":"mfa-cli","ServiceName":"mfa-cli","OAuthProfile":{"ClientIDType":0,"TokenType":"JwtRS256","AllowedAuth":"AuthorizationCode","AllowRefresh":true,"KnownScopes":[{"Scope":"all","Mode":"RestFilter"}]}}'
$ MFA_CLI_TOKEN= mfa-cli doctor --json
exit 4
json .checks[application].level is warning
json .checks[application].message has rejected the sign-in
$ mfa-cli bootstrap --yes --json
json .steps[redirect].action is create
json .steps[client].action is create
json .steps[scope].action is change
application mfa-cli .OAuthProfile.Redirects is ["http://127.0.0.1:$PORT/callback"]
$ MFA_CLI_TOKEN= mfa-cli doctor --json
exit 4
json .checks[application].message has user not allowed access to app

## notices nothing of such an update where the tenant merges it
bare tenant application-update=merge
$ mfa-cli bootstrap --yes --json
$ mfa-cli api POST /SaasManage/GetAppIDByServiceName --data '{"Name":"mfa-cli"}' --json
let KEY be json .body.Result
$ mfa-cli api POST /SaasManage/UpdateApplicationDE --data
 '{"_RowKey":"$KEY","ID":"$KEY","PVID":"$KEY","ServiceName":"mfa-cli","OAuthProfile":{"AllowRefresh":true}}'
$ MFA_CLI_TOKEN= mfa-cli doctor --json
exit 4
json .checks[application].message has user not allowed access to app

## takes the name of a role without the blanks around it
bare tenant
another administrator adds the role Operators
$ mfa-cli bootstrap --yes --role ' Operators ' --json
json .steps[role].action is keep
json .steps[right].action is create

## knows a service user and its membership in any letter case
bare tenant
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret
$ mfa-cli bootstrap --yes --service-user Pipe@Example.com --secret-file ci.secret --json
json .steps[].action are keep
nothing sent
