# `bootstrap`: what it says and leaves where a call is not answered.

bare tenant

## takes up an application that was made without an answer
fault unanswered at /SaasManage/ImportAppFromTemplate
$ mfa-cli bootstrap --yes --json
exit 7
json .error.code is outcome-unknown
json .error.message has Step application (mfa-cli)
$ mfa-cli bootstrap --yes --json
json .steps[application].action is change
json .steps[].verified are true

## says what it does not know of the settings, and reads what is there
fault unanswered at /SaasManage/UpdateApplicationDE 3 times
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is outcome-unknown
json .error.message has (sent 3 times)
json .steps[].verified is [true,true,true,true,false,false,false,false]
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .ok is true

## says what it does not know of the role, and reads what is there
fault unanswered at /Roles/StoreRole 1 time
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is outcome-unknown
json .error.message lacks times
json .steps[].verified is [true,true,true,true,true,false,false,false]
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .ok is true

## says what it does not know of the right, and reads what is there
fault unanswered at /SaasManage/AssignSuperRights 3 times
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is outcome-unknown
json .error.message has (sent 3 times)
json .steps[].verified is [true,true,true,true,true,true,false,false]
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .ok is true

## says what it does not know of the permission, and reads what is there
fault unanswered at /SaasManage/SetApplicationPermissions 3 times
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is outcome-unknown
json .error.message has (sent 3 times)
json .steps[].verified is [true,true,true,true,true,true,true,false]
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .ok is true

## says what it does not know of the member, and reads what is there
fault unanswered at /SaasManage/AddUsersAndGroupsToRole 3 times
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is outcome-unknown
json .error.message has (sent 3 times)
json .steps[].verified is [true,true,true,true,true,true,true,true]
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .ok is true

## ends in time where no answer ever comes, and reads nothing from a silent tenant
fault silent at /Roles/StoreRole
$ mfa-cli bootstrap --yes --timeout 3 --json
exit 8
json .error.code is outcome-unknown
json .steps[].verified are null
$ mfa-cli bootstrap --yes --json
json .steps[application].action is keep
json .steps[role].action is create
json .steps[role].verified is true

## does not try again to make the application, which could make two
fault lost at /SaasManage/ImportAppFromTemplate
$ mfa-cli bootstrap --yes --json
exit 7
json .error.code is outcome-unknown
tenant is as remembered

## does not try again to make what could be made twice: <CALL>
each CALL: Roles/StoreRole | CDirectoryService/CreateUser
fault lost at /<CALL>
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
exit 8
json .error.code is outcome-unknown
json .steps[service-user].verified is false
