# data

EXTRA_DIST += data/cip-vendors.tsv data/cip-device-types.tsv data/bacnet-vendors.tsv
