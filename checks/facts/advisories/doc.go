// Package advisories knows vulnerabilities offline: it builds a data set from
// files that a person downloaded, looks components up in it, and observes which of
// those in an image are known to be vulnerable. It asks nothing of the network.
//
// A data set is a folder:
//
//	manifest.json               what it was made of, with dates and digests
//	Debian/records.jsonl.gz     records in the schema of OSV, sorted by package
//	Debian/index.jsonl          where in that file which package begins
//	CPE/…                       records of NVD and the CVE list, by maker and product
//	end-of-life.txt             if the table of the program is to be replaced
//
// A file of records is a series of gzip members, each with whole lines and of
// about 64 KiB, so that a package is found by reading one of them; zcat shows
// all. The manifest holds the digest of the index, the index that of each member:
// what is read is verified, and what is not needed is not read. The digest of the
// manifest names the data set.
//
// The same files and the same day make the same bytes.
package advisories
