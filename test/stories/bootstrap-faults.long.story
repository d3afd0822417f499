# `bootstrap`: what it says and leaves where a call is refused, or has no effect.

bare tenant

## ends at a call that is refused, and goes on from there in the next run: <CALL>
each CALL: Roles/StoreRole | SaasManage/AssignSuperRights | SaasManage/SetApplicationPermissions
  | SaasManage/AddUsersAndGroupsToRole
fault refused at /<CALL>
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is tenant-refused
json .error.hints is ["Run the command again. It repeats no finished step."]
json .steps[application].verified is true
json .steps[member].verified is false
sent /<CALL> 1 time
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .steps[application].action is keep
json .steps[member].action is create
json .steps[member].verified is true

## names the step that was refused, and tries none of the later ones
fault refused at /SaasManage/SetApplicationPermissions
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .error.message has Step permission (mfa-cli)
json .steps[].verified is [true,true,true,true,true,true,false,false]
sent in order ImportAppFromTemplate, UpdateApplicationDE, StoreRole, AssignSuperRights,
  SetApplicationPermissions

## leaves nothing where the application cannot be made: <CALL>
each CALL: ImportAppFromTemplate | UpdateApplicationDE
fault refused at /SaasManage/<CALL>
$ mfa-cli bootstrap --yes --json
exit 6
json .error.code is tenant-refused
json .error.message has Step application (mfa-cli)
tenant is as remembered

## takes up an application that could neither be filled in nor deleted
fault refused at /SaasManage/UpdateApplicationDE
fault forbidden at /SaasManage/DeleteApplication
$ mfa-cli bootstrap --yes --json
exit 6
json .error.code is tenant-refused
$ mfa-cli bootstrap --yes --json
json .steps[application].action is change
json .steps[].verified are true

## leaves nothing where the application was only said to be made
fault ignored at /SaasManage/ImportAppFromTemplate
$ mfa-cli bootstrap --yes --json
exit 6
json .error.code is tenant-refused
tenant is as remembered

## does not believe that the settings are made before it reads so
fault ignored at /SaasManage/UpdateApplicationDE
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is tenant-refused
json .steps[].verified is [false,false,false,false,true,true,false,true]

## does not believe that the role is made before it reads so
fault ignored at /Roles/StoreRole
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is tenant-refused
json .steps[].verified is [true,true,true,true,false,false,false,false]

## does not believe that the right is made before it reads so
fault ignored at /SaasManage/AssignSuperRights
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is tenant-refused
json .steps[].verified is [true,true,true,true,true,false,true,true]

## does not believe that the permission is made before it reads so
fault ignored at /SaasManage/SetApplicationPermissions
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is tenant-refused
json .steps[].verified is [true,true,true,true,true,true,false,true]

## does not believe that the member is made before it reads so
fault ignored at /SaasManage/AddUsersAndGroupsToRole
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 8
json .ok is false
json .error.code is tenant-refused
json .steps[].verified is [true,true,true,true,true,true,true,false]

## names the right "Application Management" where the application may not be changed
fault forbidden at /SaasManage/UpdateApplicationDE
$ mfa-cli bootstrap --yes --json
exit 6
json .error.code is tenant-forbidden
json .error.hints[0] has "Application Management"
tenant is as remembered

## names the right "Role Management" where no role may be made
fault forbidden at /Roles/StoreRole
$ mfa-cli bootstrap --yes --json
exit 8
json .error.code is tenant-forbidden
json .error.hints[0] has "Role Management"

## names the right "User Management" where no user may be made
fault forbidden at /CDirectoryService/CreateUser
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
exit 8
json .error.code is tenant-forbidden
json .error.hints[0] has "User Management"

## leaves no password of a user that was not made: <FAULT>
each FAULT: refused at /SaasManage/SetApplicationPermissions
  | refused at /CDirectoryService/CreateUser | forbidden at /CDirectoryService/CreateUser
fault <FAULT>
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
exit 8
json .steps[service-user].verified is false
no file ci.secret
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[service-user].action is create
json .steps[service-user].verified is true
json .steps[service-member].verified is true
file ci.secret mode 0600

## keeps the password of a user that was made, whatever comes after it: <FAULT>
each FAULT: refused at /SaasManage/AddUsersAndGroupsToRole
  | forbidden at /SaasManage/AddUsersAndGroupsToRole
  | unanswered at /SaasManage/AddUsersAndGroupsToRole 3 times
fault <FAULT>
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
exit 8
json .steps[service-user].verified is true
file ci.secret mode 0600
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file ci.secret --json
json .steps[service-user].action is keep
json .ok is true
file ci.secret is unchanged

## believes a tenant that does not tell who may run an application
fault refused at /Acl/GetRowAces 9 times
$ mfa-cli bootstrap --yes --user admin@example.com --json
json .ok is true
json .steps[permission].verified is null
json .steps[member].verified is true
