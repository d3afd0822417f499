# Nothing is destroyed unasked: without a terminal it takes `--yes`.

tenant
signed in

## stops without a terminal and changes nothing: <LINE>
each LINE: profile remove default | logout --all
$ mfa-cli <LINE> --json
exit 2
json .error.code is prompt-unavailable
json .error.hints has Without a terminal, add --yes.
file $CONFIG/config.json is unchanged
nobody asked

## does it with --yes: <LINE>
each LINE: profile remove default | logout --all
$ mfa-cli <LINE> --yes --json
nothing asked
$ mfa-cli whoami
exit 5

## asks before it ends every session
$ mfa-cli logout --all
answer no
asked Sign out of "default"?
exit 130
file $CONFIG/config.json is unchanged

## removes nothing from a tenant without a yes, and asks it nothing
bare tenant
$ mfa-cli bootstrap --remove --json
exit 2
json .error.code is prompt-unavailable
nobody asked
$ mfa-cli bootstrap --remove --dry-run --json
json .steps is []
