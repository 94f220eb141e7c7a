package status

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"fmt"
	"time"

	"github.com/assay-iot/assay/labels/cose"
)

// Bits is the size of an entry in the lists that are made here.
const Bits = 2

// New is what a list is made of.
type New struct {
	Address string // where it will lie
	Issuer  string // as compact labels name it
	Size    int    // entries; a multiple of 4
	Signed  time.Time
	Life    time.Duration // until it expires
	TTL     time.Duration // how long a copy may be kept; 0 if as long as it lives
	Changes []Change      // oldest first
}

// Sign makes a signed list.
func (n New) Sign(key crypto.Signer) ([]byte, error) {
	if n.Size <= 0 || n.Size > MaxEntries || n.Size%(8/Bits) != 0 {
		return nil, fmt.Errorf("a list of %d entries: want a multiple of %d up to %d", n.Size, 8/Bits, MaxEntries)
	}
	content := make([]byte, n.Size*Bits/8)
	for _, c := range n.Changes {
		if c.Index < 0 || c.Index >= n.Size || c.Value > Superseded {
			return nil, fmt.Errorf("entry %d of %d cannot be %s", c.Index, n.Size, c.Value)
		}
		at, shift := c.Index*Bits/8, c.Index*Bits%8
		content[at] = content[at]&^(3<<shift) | byte(c.Value)<<shift
	}
	packed, err := deflate(content)
	if err != nil {
		return nil, err
	}
	c := &claims{
		Issuer: n.Issuer, Subject: n.Address, Issued: n.Signed.Unix(), Expires: n.Signed.Add(n.Life).Unix(),
		List: entries{Bits, packed}, TTL: int64(n.TTL / time.Second), Changes: n.Changes,
	}
	if _, err := c.list(); err != nil {
		return nil, fmt.Errorf("status list: %w", err)
	}
	payload, err := cose.Marshal(c)
	if err != nil {
		return nil, err
	}
	return cose.Sign(key, Type, payload)
}

func deflate(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
