package signature

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"math/big"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// coseAlgorithms are those of RFC 9053 and RFC 8230 with, for ECDSA, the bytes
// of half a signature.
var coseAlgorithms = map[int64]struct {
	name string
	half int
}{
	-7: {format.ECDSASHA256, 32}, -35: {format.ECDSASHA384, 48}, -36: {format.ECDSASHA512, 66},
	-8: {format.Ed25519, 0}, -37: {format.RSAPSSSHA256, 0}, -38: {format.RSAPSSSHA384, 0}, -39: {format.RSAPSSSHA512, 0},
	-257: {format.RSASHA256, 0}, -258: {format.RSASHA384, 0}, -259: {format.RSASHA512, 0},
}

// verifyCOSE judges a COSE_Sign1 (RFC 9052, 4.2), with its payload or, where that
// is nil, over the Message. It becomes a bare signature over the Sig_structure.
func verifyCOSE(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	protected, payload, value, err := coseParts(s)
	if err != nil {
		return Outcome{Verdict: Invalid, Reason: err.Error()}
	}
	id, ok := coseAlgorithm(protected)
	a, known := coseAlgorithms[id]
	if !ok || !known {
		return Outcome{Reason: "its algorithm is not protected, or not known"}
	}
	b := s
	b.Algorithm, b.Value, b.Digest, b.Digests, b.Signed = a.name, value, nil, nil, nil
	b.Message = sigStructure(protected, payload)
	if a.half > 0 {
		if len(value) != 2*a.half {
			return Outcome{Verdict: Invalid, Algorithm: a.name, Reason: "the signature has not the length of its algorithm"}
		}
		b.Value, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(value[:a.half]), new(big.Int).SetBytes(value[a.half:])})
		if err != nil {
			return Outcome{Verdict: Invalid, Algorithm: a.name, Reason: err.Error()}
		}
	}
	o := verifyBare(b, keys, asOf)
	o.Algorithm = a.name
	return o
}

var errCOSE = errors.New("it is no COSE_Sign1")

// coseParts takes a COSE_Sign1 apart: tag 18, which may be left out, and an array
// of four.
func coseParts(s firmware.Signature) (protected, payload, value []byte, err error) {
	b := s.Value
	if b[0] == 0xd2 {
		b = b[1:]
	}
	if len(b) < 5 || b[0] != 0x84 {
		return nil, nil, nil, errCOSE
	}
	b = b[1:]
	if protected, b, err = cborBytes(b); err != nil {
		return nil, nil, nil, err
	}
	if b, err = cborSkip(b, 0); err != nil {
		return nil, nil, nil, err
	}
	switch {
	case len(b) > 0 && b[0] == 0xf6:
		payload, b = s.Message, b[1:]
		if payload == nil && s.Signed != nil {
			if payload, err = s.Signed(); err != nil {
				return nil, nil, nil, err
			}
		}
		if payload == nil {
			return nil, nil, nil, errors.New("its payload is not known")
		}
	default:
		if payload, b, err = cborBytes(b); err != nil {
			return nil, nil, nil, err
		}
		if s.Message != nil && !bytes.Equal(payload, s.Message) {
			return nil, nil, nil, errors.New("it is over another payload than that of the container")
		}
	}
	if value, b, err = cborBytes(b); err != nil || len(b) > 0 {
		return nil, nil, nil, errCOSE
	}
	return protected, payload, value, nil
}

// sigStructure is what is signed: context, protected headers, no external data,
// payload.
func sigStructure(protected, payload []byte) []byte {
	b := append([]byte{0x84}, cborHead(3, len("Signature1"))...)
	b = append(b, "Signature1"...)
	b = append(append(b, cborHead(2, len(protected))...), protected...)
	b = append(b, 0x40)
	return append(append(b, cborHead(2, len(payload))...), payload...)
}

// coseAlgorithm finds header 1 in the protected headers.
func coseAlgorithm(b []byte) (int64, bool) {
	major, n, rest, err := cborItem(b)
	if err != nil || major != 5 {
		return 0, false
	}
	found, id := 0, int64(0)
	for range min(n, 32) {
		label, v, after, err := cborItem(rest)
		if err != nil {
			return 0, false
		}
		if label == 0 && v == 1 {
			kind, number, _, err := cborItem(after)
			if err != nil || kind > 1 || number > 1<<31 {
				return 0, false
			}
			found++
			if id = int64(number); kind == 1 {
				id = -1 - id
			}
		}
		if rest, err = cborSkip(rest, 0); err != nil {
			return 0, false
		}
		if rest, err = cborSkip(rest, 0); err != nil {
			return 0, false
		}
	}
	return id, found == 1 && len(rest) == 0
}
