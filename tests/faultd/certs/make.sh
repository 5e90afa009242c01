#!/bin/sh
# Makes the test certificates anew: for tests on loopback only, worth nothing anywhere else. Needs openssl 3.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
key "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -subj "/CN=faultd test authority" -days 36500 -out ca.pem
: > "$work/index.txt"
cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = faultd
[faultd]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
CNF
issue() { # file, names, first day, last day
    key "$work/$1.key"
    openssl req -new -key "$work/$1.key" -subj "/CN=faultd $1" -addext "subjectAltName=$2" -out "$work/$1.csr"
    openssl ca -batch -notext -config "$work/ca.cnf" -cert ca.pem -keyfile "$work/ca.key" -in "$work/$1.csr" \
        -startdate "$3" -enddate "$4" -out "$work/$1.crt"
    cat "$work/$1.key" "$work/$1.crt" > "$1.pem"
}
issue good "DNS:localhost,DNS:*.localhost,IP:127.0.0.1" 20200101000000Z 21200101000000Z
issue expired "DNS:localhost,DNS:*.localhost,IP:127.0.0.1" 20200101000000Z 20210101000000Z
issue wrong-host "DNS:elsewhere.example" 20200101000000Z 21200101000000Z
key "$work/self.key"
openssl req -x509 -new -key "$work/self.key" -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
    -days 36500 -out "$work/self.crt"
cat "$work/self.key" "$work/self.crt" > self-signed.pem
rm -r "$work"
