package rpmdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// A header begins with the number of its index entries and the size of its
// store, four bytes each; numbers are big-endian.
const (
	introSize = 8
	indexSize = 16
	maxIndex  = 1 << 16
)

// Tags of what is read.
const (
	tagName      = 1000
	tagVersion   = 1001
	tagRelease   = 1002
	tagEpoch     = 1003
	tagLicence   = 1014
	tagArch      = 1022
	tagSourceRPM = 1044
	tagRequires  = 1049
)

// Types of values.
const (
	typeInt32 = 4
	typeText  = 6
	typeTexts = 8
	typeI18N  = 9
)

// maxRequires bounds the packages that one is said to need.
const maxRequires = 256

var errHeader = errors.New("the header is cut off or damaged")

// header has the values by tag: where each begins in the store.
type header struct {
	index map[uint32]entry
	store []byte
}

type entry struct{ kind, offset, count uint32 }

func readHeader(blob []byte) (*header, error) {
	if len(blob) < introSize || len(blob) > maxHeader {
		return nil, errHeader
	}
	entries, size := int64(binary.BigEndian.Uint32(blob)), int64(binary.BigEndian.Uint32(blob[4:]))
	if entries > maxIndex || introSize+entries*indexSize+size > int64(len(blob)) {
		return nil, errHeader
	}
	h := &header{index: make(map[uint32]entry, entries), store: blob[introSize+entries*indexSize:][:size]}
	for raw := blob[introSize:]; entries > 0; entries, raw = entries-1, raw[indexSize:] {
		h.index[binary.BigEndian.Uint32(raw)] = entry{
			kind: binary.BigEndian.Uint32(raw[4:]), offset: binary.BigEndian.Uint32(raw[8:]), count: binary.BigEndian.Uint32(raw[12:]),
		}
	}
	return h, nil
}

// summary reads what is known of a package.
func (h *header) summary() Package {
	p := Package{Name: h.text(tagName), Version: h.text(tagVersion), Arch: h.text(tagArch), Licence: h.text(tagLicence), Source: sourceName(h.text(tagSourceRPM))}
	if release := h.text(tagRelease); release != "" {
		p.Version += "-" + release
	}
	if e := h.index[tagEpoch]; e.kind == typeInt32 && e.count > 0 && int64(e.offset)+4 <= int64(len(h.store)) {
		p.Epoch = strconv.FormatUint(uint64(binary.BigEndian.Uint32(h.store[e.offset:])), 10)
	}
	if p.Epoch != "" && p.Epoch != "0" {
		p.Version = p.Epoch + ":" + p.Version
	}
	for _, need := range h.texts(tagRequires, maxRequires) {
		if need != "" && !strings.ContainsAny(need, "/()") {
			p.Requires = append(p.Requires, need)
		}
	}
	return p
}

func (h *header) text(tag uint32) string {
	if all := h.texts(tag, 1); len(all) > 0 {
		return all[0]
	}
	return ""
}

// texts gives the texts of a tag, each ended by a zero byte, at most so many.
func (h *header) texts(tag uint32, most int) []string {
	e, ok := h.index[tag]
	if !ok || e.kind != typeText && e.kind != typeTexts && e.kind != typeI18N || int64(e.offset) >= int64(len(h.store)) {
		return nil
	}
	var all []string
	for rest := h.store[e.offset:]; len(all) < min(most, int(e.count)); {
		text, after, ended := bytes.Cut(rest, []byte{0})
		if !ended {
			break
		}
		all, rest = append(all, string(text)), after
	}
	return all
}

// sourceName is the name in name-version-release.src.rpm.
func sourceName(file string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(file, ".rpm"), ".src"), ".nosrc")
	for range 2 {
		i := strings.LastIndexByte(name, '-')
		if i < 0 {
			return ""
		}
		name = name[:i]
	}
	return name
}
