// Package knownkeys looks keys up in a large list of compromised ones: keys whose
// private half is public, or can be computed.
//
// The list is made of the blocklist of badkeys (https://badkeys.info), in which a
// key is named by fifteen bytes of a SHA-256 and a byte for the collection that it
// is from; see [Import]. Here it is one file, sorted, that is searched where it
// lies: it may hold millions of keys and takes no memory. A second file, if there is
// one, says where each key is published.
package knownkeys
