package esp

import (
	"fmt"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// The data partitions that the boot loader and the radio use.
const (
	subtypeOTAData = 0
	subtypePHY     = 1
	subtypeNVSKeys = 4

	otaEntry   = 32
	otaInvalid = 3 // states from here on are those of programs that failed
	otaNew     = 0xffffffff
	phyMagic   = "PHYINIT\x00"
	phySize    = 8 + 128 + 8
	nvsKeys    = 64 // two keys, and a CRC behind them
)

// sum is the CRC-32 of ESP-IDF, whose register begins with zeros.
func sum(b []byte) uint32 { return crc32.Update(0xffffffff, crc32.IEEETable, b) }

// known reads the small partitions that hold no program and no files. It is
// false for what has to be looked into.
func (f *flash) known(p *partition, in format.Input, programs int) bool {
	if p.kind != typeData || in.Size > 4*sector {
		return false
	}
	switch p.subtype {
	case subtypeOTAData:
		return f.otadata(in, programs)
	case subtypePHY:
		b := in.Head(phySize)
		return len(b) == phySize && string(b[:8]) == phyMagic && string(b[phySize-8:]) == phyMagic && f.rest(in, phySize)
	case subtypeNVSKeys:
		b := in.Head(nvsKeys + 4)
		if len(b) < nvsKeys+4 || sum(b[:nvsKeys]) != le.Uint32(b[nvsKeys:]) || !f.rest(in, nvsKeys+4) {
			return false
		}
		f.o.Attributes["nvs-keys"] = "in clear in " + p.label
		return true
	}
	return false
}

// rest reports whether a partition is erased from a place on.
func (f *flash) rest(in format.Input, at int64) bool { return erased(in.Peek(at, int(in.Size-at))) }

// otadata reads which program is started: the one of the higher of two numbers,
// one in each of the first two sectors.
func (f *flash) otadata(in format.Input, programs int) bool {
	best := uint32(0)
	for at := int64(0); at < in.Size; at += sector {
		b := in.Peek(at, sector)
		if erased(b) {
			continue
		}
		if at > sector || len(b) < otaEntry || !erased(b[otaEntry:]) {
			return false
		}
		seq, state := le.Uint32(b), le.Uint32(b[24:])
		if sum(b[:4]) == le.Uint32(b[28:]) && seq != 0 && (state < otaInvalid || state == otaNew) {
			best = max(best, seq)
		}
	}
	if best > 0 && programs > 0 {
		f.o.Attributes["started"] = fmt.Sprintf("ota_%d", (best-1)%uint32(programs))
	}
	return true
}
