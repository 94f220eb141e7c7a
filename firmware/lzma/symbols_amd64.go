//go:build amd64 && !purego

package lzma

// inAssembly says that [symbols] is there. It is a variable for its test's sake.
var inAssembly = true

// symbols decodes literals and matches into out from n on, as many as input and out
// allow. It says how far it came and why it stopped. Of a match that out has no room
// for, the size is left in d.pending. It needs a d.pos that is not behind d.safe.
//
// Nothing can interrupt it, so out should be short.
//
//go:noescape
func symbols(d *Decoder, out []byte, n int) (to, end int)
