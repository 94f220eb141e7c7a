package rauc

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"io"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// cryptSector is how many bytes of a payload are encrypted at once.
	cryptSector = 4096
	// ivSector is the unit in which the number of a sector counts.
	ivSector = 512
	keySize  = 32
)

// decrypted is an encrypted payload as dm-crypt reads it under aes-cbc-plain64:
// each sector by itself, its number as the vector to begin with.
type decrypted struct {
	in    format.Input
	block cipher.Block
}

// decrypt gives the payload in clear if its manifest, which nobody encrypted, has
// the key; ok is false if it has none.
func (u *bundle) decrypt() (in format.Input, ok bool) {
	key, err := hex.DecodeString(u.manifest.get("bundle", "crypt-key"))
	if err != nil || len(key) != keySize || u.payload%cryptSector != 0 {
		return in, false
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return in, false
	}
	return format.Input{ReaderAt: decrypted{u.in, block}, Size: u.payload}, true
}

// ReadAt decrypts the sectors that a run of bytes lies in.
func (d decrypted) ReadAt(b []byte, off int64) (n int, err error) {
	var sector [cryptSector]byte
	var iv [aes.BlockSize]byte
	for n < len(b) {
		at := (off + int64(n)) / cryptSector * cryptSector
		if _, err := d.in.ReadAt(sector[:], at); err != nil {
			return n, err
		}
		binary.LittleEndian.PutUint64(iv[:], uint64(at/ivSector))
		cipher.NewCBCDecrypter(d.block, iv[:]).CryptBlocks(sector[:], sector[:])
		n += copy(b[n:], sector[off+int64(n)-at:])
	}
	return n, nil
}

var _ io.ReaderAt = decrypted{}
