package rpmdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
)

// RPM's own format "ndb", as its library writes it (version 0): a head of 32
// bytes, pages of slots of 16 bytes, each naming a package and its blocks of 16
// bytes, and the blobs, each with a head, a checksum and an end. Numbers are
// little-endian.
const (
	ndbMagic    = "RpmP"
	ndbSlot     = "Slot"
	ndbBlob     = "BlbS"
	ndbEnd      = "BlbE"
	ndbHeadSize = 32
	ndbPage     = 4096
	ndbUnit     = 16 // bytes of a slot, a block, and the head of a blob
	ndbTail     = 12 // checksum, length, end
)

func (r *reader) ndb(content []byte) error {
	if len(content) < ndbHeadSize || binary.LittleEndian.Uint32(content[4:]) != 0 {
		return fmt.Errorf("%w: a version of ndb that is not known", ErrFormat)
	}
	end := int64(binary.LittleEndian.Uint32(content[12:])) * ndbPage
	if end > int64(len(content)) {
		return errors.New("ndb: the slots reach beyond the end")
	}
	for at := int64(ndbHeadSize); at+ndbUnit <= end; at += ndbUnit {
		slot := content[at:]
		if string(slot[:4]) != ndbSlot {
			return fmt.Errorf("ndb: byte %d: no slot", at)
		}
		place := int64(binary.LittleEndian.Uint32(slot[8:])) * ndbUnit
		if place == 0 {
			continue // empty
		}
		if err := r.blob(content, slot[4:8], place); err != nil {
			return err
		}
	}
	return nil
}

// blob reads one package: the number of its slot stands in its head again.
func (r *reader) blob(content, number []byte, at int64) error {
	damaged := fmt.Errorf("ndb: byte %d: %w", at, errHeader)
	if at+ndbUnit > int64(len(content)) {
		return damaged
	}
	head := content[at:]
	size := int64(binary.LittleEndian.Uint32(head[12:]))
	if string(head[:4]) != ndbBlob || string(head[4:8]) != string(number) || size > maxHeader {
		return damaged
	}
	whole := (ndbUnit + size + ndbTail + ndbUnit - 1) / ndbUnit * ndbUnit
	if whole > int64(len(head)) {
		return damaged
	}
	tail := head[whole-ndbTail : whole]
	if string(tail[8:]) != ndbEnd || binary.LittleEndian.Uint32(tail) != adler32.Checksum(head[:whole-ndbTail]) {
		return damaged
	}
	return r.add(head[ndbUnit:ndbUnit+size], at+ndbUnit)
}
