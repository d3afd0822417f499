# Fleets of many tenants.

## more than twenty tenants that do not tell are counted
fleet of 23
$ mfa-cli fleet apply --yes
all refuse ask
$ mfa-cli fleet status --refresh --warn-days 0
stderr says The topic of 20 times
stderr has … and 3 more

## a plan of more than forty tenants is shown as counts above the question
fleet of 42
$ mfa-cli fleet apply
answer no
exit 130
asked Set the certificate at 42 tenants?
stderr has 42 tenants: 42 to set
stderr lacks set t1
nobody asked

## every tenant is in one of three shards
fleet of 12
$ mfa-cli fleet apply --yes --shard 0/3
$ mfa-cli fleet apply --yes --shard 1/3
$ mfa-cli fleet apply --yes --shard 2/3 --json
json .shard is 2/3
$ mfa-cli fleet plan --json
json .counts.same is 12
