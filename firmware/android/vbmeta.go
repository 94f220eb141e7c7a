package android

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/assay-iot/assay/firmware/format"
)

// VBMeta is the block of Android Verified Boot: what each partition must be, with
// a signature over it.
var VBMeta = &format.Format{
	Name:     "android-vbmeta",
	Magics:   []format.Magic{{Bytes: vbmetaMagic}},
	Anywhere: true,
	Probe:    probeVBMeta,
	Open:     openVBMeta,
	Torn:     tornVBMeta,
}

// Footer is the end of a partition that holds its own vbmeta block: it says where
// the content ends and the block begins.
var Footer = &format.Format{
	Name:     "android-avb-footer",
	Magics:   []format.Magic{{Bytes: footerMagic}},
	Anywhere: true,
	Probe:    probeFooter,
	Open:     openFooter,
}

const (
	vbmetaMagic    = "AVB0"
	footerMagic    = "AVBf"
	vbmetaHeader   = 256
	footerSize     = 64
	maxVBMeta      = 1 << 20 // bytes of either block after the header
	maxDescriptors = 1024
	maxShown       = 1024 // bytes of an attribute

	// In the flags.
	hashtreeOff     = 1
	verificationOff = 2
)

// algorithms are the types of signature, by number.
var algorithms = []string{"none", "sha256-rsa2048", "sha256-rsa4096", "sha256-rsa8192", "sha512-rsa2048", "sha512-rsa4096", "sha512-rsa8192", "mldsa65", "mldsa87"}

// vbmeta is the header, as it stands in the image.
type vbmeta struct {
	Magic                                    [4]byte
	Major, Minor                             uint32
	Auth, Aux                                uint64
	Algorithm                                uint32
	HashAt, HashSize                         uint64
	SignatureAt, SignatureSize               uint64
	KeyAt, KeySize, MetadataAt, MetadataSize uint64
	DescriptorsAt, DescriptorsSize           uint64
	RollbackIndex                            uint64
	Flags, RollbackLocation                  uint32
	Release                                  [48]byte
	Reserved                                 [80]byte
}

func readVBMeta(in format.Input) (h vbmeta, err error) {
	b := in.Head(vbmetaHeader)
	if _, err := binary.Decode(b, binary.BigEndian, &h); err != nil || string(h.Magic[:]) != vbmetaMagic {
		return h, format.Errorf(0, "no vbmeta block")
	}
	within := func(at, size, block uint64) bool { return at <= block && size <= block-at }
	switch {
	case h.Major != 1 || h.Minor > 64 || h.Algorithm >= uint32(len(algorithms)):
		return h, format.Errorf(4, "version %d.%d, algorithm %d", h.Major, h.Minor, h.Algorithm)
	case h.Auth > maxVBMeta || h.Aux > maxVBMeta || h.Auth%64 != 0 || h.Aux%64 != 0:
		return h, format.Errorf(12, "blocks of %d and %d bytes", h.Auth, h.Aux)
	case !within(h.HashAt, h.HashSize, h.Auth) || !within(h.SignatureAt, h.SignatureSize, h.Auth),
		!within(h.KeyAt, h.KeySize, h.Aux) || !within(h.MetadataAt, h.MetadataSize, h.Aux) || !within(h.DescriptorsAt, h.DescriptorsSize, h.Aux):
		return h, format.Errorf(32, "places outside of their blocks")
	}
	return h, nil
}

func probeVBMeta(in format.Input) format.Likeness {
	if _, err := readVBMeta(in); err != nil {
		return format.No
	}
	return format.Sure
}

// tornVBMeta is a block of the version that there is, whose fields lie.
func tornVBMeta(in format.Input) error {
	h, err := readVBMeta(in)
	if h.Major != 1 || h.Minor > 64 {
		return nil
	}
	return err
}

func openVBMeta(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, err := readVBMeta(in)
	if err != nil {
		return nil, err
	}
	o := &format.Opened{Length: vbmetaHeader + int64(h.Auth+h.Aux), Attributes: map[string]string{
		"algorithm": algorithms[h.Algorithm], "release": text(h.Release[:]),
		"rollback-index": strconv.FormatUint(h.RollbackIndex, 10), "flags": strconv.FormatUint(uint64(h.Flags), 10),
		"version": fmt.Sprintf("%d.%d", h.Major, h.Minor),
	}}
	all, err := in.Bytes(0, o.Length)
	if err != nil {
		return nil, err
	}
	auth, aux := all[vbmetaHeader:vbmetaHeader+h.Auth], all[vbmetaHeader+h.Auth:]
	h.digest(o, all[:vbmetaHeader], auth, aux)
	switch {
	case h.Flags&verificationOff != 0:
		o.Attributes["verification"] = "disabled"
	case h.Flags&hashtreeOff != 0:
		o.Attributes["verification"] = "disabled for hash trees"
	}
	if h.KeySize > 0 {
		sum := sha256.Sum256(aux[h.KeyAt : h.KeyAt+h.KeySize])
		o.Attributes["key"] = "sha256 " + hex.EncodeToString(sum[:])
	}
	at := vbmetaHeader + int64(h.Auth+h.DescriptorsAt)
	list := aux[h.DescriptorsAt : h.DescriptorsAt+h.DescriptorsSize]
	descriptors(o, list, at)
	var through []format.Span
	var vouches [][]byte
	if footed(in) {
		through, err = compareAll(ctx, in, o, list)
	} else {
		o.Claims, vouches = claims(list)
	}
	if err == nil {
		err = h.sign(ctx, in, o, auth, aux, through)
	}
	for i := range o.Signatures {
		o.Signatures[i].Vouches = vouches
		o.Signatures[i].Doubt = doubt(list)
	}
	return o, err
}

// digest compares the digest over header and auxiliary block that is signed.
func (h *vbmeta) digest(o *format.Opened, head, auth, aux []byte) {
	var got []byte
	switch {
	case h.Algorithm == 0 || h.HashSize == 0:
		o.Attributes["digest"] = "none"
		return
	case h.Algorithm <= 3:
		sum := sha256.Sum256(append(bytes.Clone(head), aux...))
		got = sum[:]
	default:
		sum := sha512.Sum512(append(bytes.Clone(head), aux...))
		got = sum[:]
	}
	if bytes.Equal(got, auth[h.HashAt:h.HashAt+h.HashSize]) {
		o.Attributes["digest"] = "verified"
		return
	}
	o.Attributes["digest"] = "differs"
	o.Damage = append(o.Damage, format.Damage{Offset: vbmetaHeader, Length: int64(h.Auth), Reason: "the digest of header and descriptors differs"})
}

func probeFooter(in format.Input) format.Likeness {
	b := in.Head(footerSize)
	if len(b) < footerSize || string(b[:4]) != footerMagic {
		return format.No
	}
	u := binary.BigEndian.Uint64
	original, at, size := u(b[12:]), u(b[20:]), u(b[28:])
	reserved := bytes.Trim(b[36:], "\x00")
	if binary.BigEndian.Uint32(b[4:]) != 1 || original > at || at > 1<<48 || size < vbmetaHeader || size > 3*maxVBMeta || len(reserved) > 0 {
		return format.No
	}
	return format.Sure
}

func openFooter(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	if probeFooter(in) == format.No {
		return nil, format.Errorf(0, "no footer")
	}
	b := in.Head(footerSize)
	number := func(at int) string { return strconv.FormatUint(binary.BigEndian.Uint64(b[at:]), 10) }
	return &format.Opened{Length: footerSize, Attributes: map[string]string{
		"content-size": number(12), "vbmeta-offset": number(20), "vbmeta-size": number(28),
	}}, nil
}
