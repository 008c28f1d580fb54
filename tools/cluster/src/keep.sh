# Keeps a PostgreSQL server for whoever holds the other end of standard input. $1 is the folder of its programs.
bin=$1
folder=$(mktemp -d /tmp/veche-postgres.XXXXXX) || exit
pid=
kill_all() {
    [ -n "$pid" ] || return
    children=$(pgrep -P "$pid" | tr '\n' ' ')
    kill -9 "$pid" $children 2> /dev/null
    wait "$pid" 2> /dev/null
    for child in $children; do while [ -e "/proc/$child/exe" ]; do sleep 0.02; done; done
    pid=
}
trap 'kill_all; rm -rf "$folder"' EXIT
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
        "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= $rest < /dev/null >> "$folder/log" 2>&1 &
        pid=$!
        said=
        while ! grep -q ready "$folder/data/postmaster.pid" 2> /dev/null || [ "$(head -n 1 "$folder/data/postmaster.pid")" != "$pid" ]; do
            kill -0 "$pid" 2> /dev/null || { said=$(tail -n 1 "$folder/log"); break; }
            sleep 0.05
        done
        echo "${said:-done}"
        ;;
    database)
        said=$("$bin/psql" -h "$folder" -U veche -d postgres -qc "CREATE DATABASE $rest" 2>&1)
        echo "${said:-done}"
        ;;
    kill)
        kill_all
        echo done
        ;;
    esac
done
