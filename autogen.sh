#!/bin/sh
# Makes configure from configure.ac (needs autoconf and automake: script/setup).
cd "$(dirname "$0")" && mkdir -p m4 && exec autoreconf --install --force
