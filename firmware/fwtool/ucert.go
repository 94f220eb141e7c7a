package fwtool

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
)

// A chain of ucert is a run of attributes as libubox's blob.h has them: four
// bytes, big endian, with a flag, a number and a length that includes them, filled
// up to four. Each has a signature and, but for that over the image, a payload:
// the certificate of the key that signs what follows. Names and values in the
// payload are those of blobmsg.h.
const (
	attrHeader    = 4
	attrExtended  = 1 << 31 // it has a name
	attrSignature = 0
	attrPayload   = 1
	maxChain      = 16
)

// attribute is one attribute: where its content begins in the data.
type attribute struct {
	id      uint32
	named   bool
	at, end int
}

// attributes reads attributes from one place to another.
func attributes(b []byte, from, to int) ([]attribute, bool) {
	var all []attribute
	for from < to {
		if to-from < attrHeader || len(all) == maxChain {
			return all, false
		}
		word := binary.BigEndian.Uint32(b[from:])
		length := int(word & 0xffffff)
		if length < attrHeader || length > to-from {
			return all, false
		}
		all = append(all, attribute{word >> 24 & 0x7f, word&attrExtended != 0, from + attrHeader, from + length})
		from += (length + 3) &^ 3
	}
	return all, true
}

// chained reads a chain; none if the data are no such.
func chained(b []byte) []format.Signature {
	links, whole := attributes(b, 0, len(b))
	var found []format.Signature
	var key []byte
	image := false
	for i, l := range links {
		inner, ok := attributes(b, l.at, l.end)
		if !ok || len(inner) == 0 || inner[0].id != attrSignature {
			return nil
		}
		s := usign("ucert", b[inner[0].at:inner[0].end])
		s.PublicKey = key
		switch {
		case image && s.Problem == "":
			s.Problem = "the chain goes on behind the signature over the image"
		case len(inner) == 2 && inner[1].id == attrPayload:
			s.Name = fmt.Sprintf("certificate %d", i+1)
			p := inner[1]
			s.Message = b[p.at:p.end:p.end]
			s.Covers = []format.Span{{Offset: int64(p.at), Length: int64(p.end - p.at)}}
			key, ok = certified(b, p)
			if !ok && s.Problem == "" {
				s.Problem = "the certificate names no key that can be read"
			}
		default:
			image, s.Name = true, "image"
		}
		found = append(found, s)
	}
	if n := len(found); n > 0 && found[n-1].Problem == "" {
		switch {
		case !whole:
			found[n-1].Problem = "something that is no link of the chain follows"
		case !image:
			found = append(found, format.Signature{Kind: "ucert", Name: "image", Problem: "the chain has no signature over the image"})
		}
	}
	return found
}

// certified finds the key in the payload of a certificate: the text "pubkey" in
// the table "ucert".
func certified(b []byte, payload attribute) ([]byte, bool) {
	table, ok := named(b, payload, "ucert")
	if !ok {
		return nil, false
	}
	text, ok := named(b, table, "pubkey")
	if !ok {
		return nil, false
	}
	key, _, err := detached.SignifyKey([]byte(strings.TrimRight(string(b[text.at:text.end]), "\x00")))
	return key, err == nil
}

// named finds an attribute by its name: two bytes with its length, the name with
// a NUL, filled up to four.
func named(b []byte, outer attribute, name string) (attribute, bool) {
	all, _ := attributes(b, outer.at, outer.end)
	for _, a := range all {
		if !a.named || a.end-a.at < 2 {
			continue
		}
		n := int(binary.BigEndian.Uint16(b[a.at:]))
		head := (2 + n + 1 + 3) &^ 3
		if head <= a.end-a.at && string(b[a.at+2:a.at+2+n]) == name {
			a.at += head
			return a, true
		}
	}
	return attribute{}, false
}
