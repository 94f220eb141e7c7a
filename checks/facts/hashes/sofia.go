package hashes

import (
	"crypto/md5"
	"strings"

	"github.com/assay-iot/assay/internal/lazyregexp"
)

// SofiaLabel stands before a hash of Sofia where none of its settings do: eight letters and
// digits alone may be anything.
const SofiaLabel = "sofia:"

var sofiaHash = lazyregexp.New(`^sofia:[0-9A-Za-z]{8}$`)

// SofiaHash is what the recorders and cameras of Xiongmai, and old ones of Dahua, keep of a
// password: each two bytes of its MD5, added, as one of 62 letters and digits.
func SofiaHash(password string) string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := md5.Sum([]byte(password))
	var b strings.Builder
	for i := 0; i < len(sum); i += 2 {
		b.WriteByte(letters[(int(sum[i])+int(sum[i+1]))%len(letters)])
	}
	return b.String()
}
