# Keeps a PostgreSQL server, and its standby, for whoever holds the other end of standard input. $1 is the folder of
# its programs.
bin=$1
folder=$(mktemp -d /tmp/veche-postgres.XXXXXX) || exit
primary=
standby=
# Starts a server on the data in $1, at port $2, with settings; its number is then in $started.
begin() {
    data=$folder/$1 port=$2
    shift 2
    "$bin/postgres" -D "$data" -k "$folder" -p "$port" -c listen_addresses= "$@" < /dev/null >> "$folder/log" 2>&1 &
    started=$!
    said=
    while ! grep -Eq 'ready|standby' "$data/postmaster.pid" 2> /dev/null || [ "$(head -n 1 "$data/postmaster.pid")" != "$started" ]; do
        kill -0 "$started" 2> /dev/null || { said=$(tail -n 1 "$folder/log"); break; }
        sleep 0.05
    done
    echo "${said:-done}"
}
# Kills all processes of a server.
end() {
    [ -n "$1" ] || return
    children=$(pgrep -P "$1" | tr '\n' ' ')
    kill -9 "$1" $children 2> /dev/null
    wait "$1" 2> /dev/null
    for child in $children; do while [ -e "/proc/$child/exe" ]; do sleep 0.02; done; done
}
# Says what a command has to say, or that it is done.
try() {
    said=$("$@" 2>&1)
    echo "${said:-done}" | tail -n 1
}
trap 'end "$primary"; end "$standby"; rm -rf "$folder"' EXIT
trap '' INT HUP TERM PIPE
if ! "$bin/initdb" --pgdata "$folder/data" --username veche --auth trust --no-locale --encoding UTF8 --no-sync \
    > "$folder/log" 2>&1; then
    echo "$(tail -n 1 "$folder/log")"
    exit
fi
echo "$folder"
while read -r command rest; do
    case $command in
    start)
        begin data 5432 $rest
        primary=$started
        ;;
    database) try "$bin/psql" -h "$folder" -U veche -d postgres -qc "CREATE DATABASE $rest" ;;
    set)
        try "$bin/psql" -h "$folder" -U veche -d postgres -qc "ALTER SYSTEM SET $rest"
        "$bin/psql" -h "$folder" -U veche -d postgres -qc "SELECT pg_reload_conf()" > /dev/null
        ;;
    copy) try "$bin/pg_basebackup" -d "host=$folder user=veche application_name=$rest" -D "$folder/standby" --checkpoint fast -R ;;
    follow)
        begin standby 5433
        standby=$started
        ;;
    lose)
        end "$standby"
        standby=
        echo done
        ;;
    promote) try "$bin/pg_ctl" promote --silent -D "$folder/standby" ;;
    kill)
        end "$primary"
        primary=
        echo done
        ;;
    esac
done
