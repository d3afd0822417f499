# `bootstrap --remove`: what it says and leaves where a call goes wrong.

bare tenant

## begins --remove again where the application was refused
$ mfa-cli bootstrap --yes
fault refused at /SaasManage/DeleteApplication
$ mfa-cli bootstrap --remove --yes --json
exit 6
json .error.code is tenant-refused
sent in order DeleteApplication
tenant has application mfa-cli
tenant has role mfa-cli
$ mfa-cli bootstrap --remove --yes --json
json .steps[].verified are true
tenant is as remembered

## does not believe that the application is gone before it reads so
$ mfa-cli bootstrap --yes
fault ignored at /SaasManage/DeleteApplication
$ mfa-cli bootstrap --remove --yes --json
exit 8
json .error.code is tenant-refused
json .steps[application].verified is false
json .steps[role].verified is true
$ mfa-cli bootstrap --remove --yes --json
json .steps[].step is ["application"]
tenant is as remembered

## goes on with the role where the application was deleted without an answer
$ mfa-cli bootstrap --yes
fault unanswered at /SaasManage/DeleteApplication
$ mfa-cli bootstrap --remove --yes --json
exit 8
json .error.code is outcome-unknown
json .steps[application].verified is true
json .steps[role].verified is false
$ mfa-cli bootstrap --remove --yes --json
json .steps[].step is ["role"]
tenant is as remembered

## keeps a role that --remove did not delete for the next run: <FAULT>
each FAULT: refused | ignored
$ mfa-cli bootstrap --yes
fault <FAULT> at /SaasManage/DeleteRole
$ mfa-cli bootstrap --remove --yes --json
exit 8
json .error.code is tenant-refused
json .steps[application].verified is true
json .steps[role].verified is false
$ mfa-cli bootstrap --remove --yes --json
json .steps[].step is ["role"]
json .steps[].verified are true
tenant is as remembered

## reads that a role is gone that was deleted without an answer
$ mfa-cli bootstrap --yes
fault unanswered at /SaasManage/DeleteRole
$ mfa-cli bootstrap --remove --yes --json
exit 8
json .error.code is outcome-unknown
json .steps[].verified are true
tenant is as remembered

## does not try again to delete the application
$ mfa-cli bootstrap --yes
fault lost at /SaasManage/DeleteApplication
$ mfa-cli bootstrap --remove --yes --json
exit 7
json .error.code is outcome-unknown
$ mfa-cli bootstrap --remove --yes
tenant is as remembered

## does not try again to delete the role
$ mfa-cli bootstrap --yes
fault lost at /SaasManage/DeleteRole
$ mfa-cli bootstrap --remove --yes --json
exit 8
json .error.code is outcome-unknown
json .steps[role].verified is false
$ mfa-cli bootstrap --remove --yes
tenant is as remembered

## removes of two service users the one that --service-user names
$ mfa-cli bootstrap --yes --service-user one@example.com --secret-file one.secret
$ mfa-cli bootstrap --yes --service-user two@example.com --secret-file two.secret
$ mfa-cli bootstrap --remove --yes --service-user one@example.com --json
json .steps[service-user].name is one@example.com
json .steps[].verified are true
$ mfa-cli bootstrap --remove --yes --json
json .steps[].step is ["service-user"]
json .steps[service-user].name is two@example.com
