package main

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/assay-iot/assay/labels/compact"
)

// Between a QR code and this program stand scanners, editors and shells: some write
// the scheme and host of an address in capitals, or the text in UTF-16, or with a
// byte-order mark in front. None of that is signed, nor part of the label.

// maxCodeFile is the size in bytes of the largest file that is looked at as the text of
// a QR code in another encoding: a code of version 40 in UTF-16 has 9 KB.
const maxCodeFile = 64 << 10

// byteOrderMark stands in front of UTF-8 that some editors write.
const byteOrderMark = "\xef\xbb\xbf"

// codeText gives the text of a QR code in its own form, if that is what data are, and
// else data as they are.
func codeText(data []byte) []byte {
	if len(data) > maxCodeFile {
		return data
	}
	if text := []byte(smallHost(decoded(data))); compact.IsText(text) {
		return text
	}
	return data
}

// decoded gives a text that has a byte-order mark without it, as UTF-8.
func decoded(data []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return strings.TrimSpace(strings.TrimPrefix(string(data), byteOrderMark))
	}
	var units []uint16
	for rest := data[2:]; len(rest) > 1; rest = rest[2:] {
		units = append(units, order.Uint16(rest))
	}
	return strings.TrimSpace(string(utf16.Decode(units)))
}

// smallHost writes the scheme and the host of an address in small letters.
func smallHost(text string) string {
	const scheme = "https://"
	if len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) {
		return text
	}
	end := strings.IndexAny(text[len(scheme):], "/?#")
	if end < 0 {
		return strings.ToLower(text)
	}
	end += len(scheme)
	return strings.ToLower(text[:end]) + text[end:]
}

// notRead refuses the forms of a label, and the kinds of picture, that cannot be read.
func notRead(name string, data []byte) error {
	begins := func(offset int, magic ...string) bool {
		for _, m := range magic {
			if len(data) >= offset && bytes.HasPrefix(data[offset:], []byte(m)) {
				return true
			}
		}
		return false
	}
	switch {
	case begins(0, "GIF8", "BM", "II*\x00", "MM\x00*"), begins(0, "RIFF") && begins(8, "WEBP"),
		begins(4, "ftyphei", "ftyphev", "ftypmif1", "ftypmsf1", "ftypavif"):
		return badInput("save it as PNG or JPEG; or scan the code with a phone and give its text", "%s: a picture of a kind that is not read", name)
	case strings.HasPrefix(decoded(data[:min(len(data), maxCodeFile)]), "<"):
		return badInput("give label.sigstore.json or label.pdf; or scan the code in it with a phone and give its text",
			"%s: an HTML or SVG form of a label is for looking at, and nothing in it is signed", name)
	}
	return nil
}
