package dfu

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// SE is a DfuSe file: its prefix, targets and elements. The suffix behind it is
// another matter.
var SE = &format.Format{
	Name:     "dfuse",
	Magics:   []format.Magic{{Bytes: "DfuSe\x01"}},
	Anywhere: true,
	Probe:    probeSE,
	Open:     openSE,
}

const (
	sePrefix      = 11
	targetPrefix  = 274
	elementPrefix = 8
	targetMark    = "Target"
	maxElements   = 1024 // of all targets
)

// readSE reads the prefix: how many bytes the file has without its suffix, and
// how many targets.
func readSE(in format.Input) (size int64, targets int, ok bool) {
	h := in.Head(sePrefix + targetPrefix)
	if len(h) < sePrefix+targetPrefix || string(h[:6]) != "DfuSe\x01" || string(h[sePrefix:sePrefix+6]) != targetMark {
		return 0, 0, false
	}
	return int64(binary.LittleEndian.Uint32(h[6:])), int(h[10]), h[10] > 0
}

func probeSE(in format.Input) format.Likeness {
	if _, _, ok := readSE(in); ok {
		return format.Sure
	}
	return format.No
}

// seReader walks over targets and elements.
type seReader struct {
	in    format.Input
	at    int64
	o     *format.Opened
	names map[string]bool
	used  []element
}

// element is a run of memory.
type element struct{ from, to uint64 }

func openSE(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	size, targets, ok := readSE(in)
	if !ok {
		return nil, format.Errorf(0, "no DfuSe prefix")
	}
	r := &seReader{in: in, at: sePrefix, names: map[string]bool{}, o: &format.Opened{Attributes: map[string]string{"targets": fmt.Sprint(targets)}}}
	for i := range targets {
		if err := r.target(i); err != nil {
			if len(r.o.Parts) == 0 {
				return nil, err
			}
			r.damage(r.at, in.Size-r.at, err.Error())
			break
		}
	}
	r.o.Length = min(r.at, in.Size)
	if r.at != size && r.o.Damage == nil {
		r.damage(r.at, 0, fmt.Sprintf("the targets end here, the prefix says at 0x%x", size))
	}
	return r.o, nil
}

func (r *seReader) damage(off, length int64, reason string) {
	r.o.Damage = append(r.o.Damage, format.Damage{Offset: off, Length: length, Reason: reason})
}

// target reads the i-th target.
func (r *seReader) target(i int) error {
	h := r.in.Peek(r.at, targetPrefix)
	if len(h) < targetPrefix || string(h[:6]) != targetMark {
		return format.Errorf(r.at, "target %d should begin here", i)
	}
	le := binary.LittleEndian
	alternate, size, elements := h[6], int64(le.Uint32(h[266:])), int(le.Uint32(h[270:]))
	if le.Uint32(h[7:]) != 0 {
		name, _, _ := bytes.Cut(h[11:266], []byte{0})
		r.o.Attributes[fmt.Sprintf("target-%d", alternate)] = strings.ToValidUTF8(string(name), "?")
	}
	start := r.at
	r.at += targetPrefix
	if elements > maxElements-len(r.o.Parts) || elements < 0 {
		return format.Errorf(start, "%d elements, at most %d are read", elements, maxElements)
	}
	prefix := ""
	if i > 0 || r.o.Attributes["targets"] != "1" {
		prefix = fmt.Sprintf("target-%d-", alternate)
	}
	for range elements {
		if err := r.element(prefix); err != nil {
			return err
		}
	}
	if got := r.at - start - targetPrefix; got != size {
		r.damage(start, targetPrefix, fmt.Sprintf("target %d has elements of %d bytes, it says %d", i, got, size))
	}
	return nil
}

// element reads one run of memory.
func (r *seReader) element(prefix string) error {
	h := r.in.Peek(r.at, elementPrefix)
	if len(h) < elementPrefix {
		return format.Errorf(r.at, "an element should begin here, the input ends at 0x%x", r.in.Size)
	}
	address, size := binary.LittleEndian.Uint32(h), int64(binary.LittleEndian.Uint32(h[4:]))
	if size > r.in.Size-r.at-elementPrefix {
		return format.Errorf(r.at, "element of %d bytes, the input ends at 0x%x", size, r.in.Size)
	}
	at := r.at + elementPrefix
	r.at = at + size
	if size == 0 {
		return nil
	}
	r.overlap(element{uint64(address), uint64(address) + uint64(size)}, at, prefix)
	name := fmt.Sprintf("%s0x%08x", prefix, address)
	if r.names[name] {
		name = fmt.Sprintf("%s@0x%x", name, at)
	}
	r.names[name] = true
	r.o.Parts = append(r.o.Parts, format.Part{Name: name, Offset: at, Length: size, Role: format.Code})
	return nil
}

// overlap notes that an element writes where another of its target did.
func (r *seReader) overlap(e element, at int64, prefix string) {
	for i, other := range r.used {
		if e.from < other.to && other.from < e.to && strings.HasPrefix(r.o.Parts[i].Name, prefix) {
			r.damage(at, 0, fmt.Sprintf("0x%08x is written twice", max(e.from, other.from)))
			break
		}
	}
	r.used = append(r.used, e)
}
