package facts

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// storageWith is a page of ESP-IDF's non-volatile storage with these strings: a namespace, a
// key and a value each.
func storageWith(values ...[3]string) []byte {
	crc := func(b []byte) uint32 { return crc32.Update(0xffffffff, crc32.IEEETable, b) }
	page := bytes.Repeat([]byte{0xff}, 4096)
	binary.LittleEndian.PutUint32(page, 0xfffffffe)
	binary.LittleEndian.PutUint32(page[4:], 0)
	page[8] = 0xfe
	binary.LittleEndian.PutUint32(page[28:], crc(page[4:28]))
	next := 0
	put := func(space, kind byte, key string, data, long []byte) {
		e := bytes.Repeat([]byte{0xff}, 32)
		e[0], e[1], e[2] = space, kind, byte(1+(len(long)+31)/32)
		copy(e[8:24], append([]byte(key), make([]byte, 16)...))
		copy(e[24:], data)
		if long != nil {
			binary.LittleEndian.PutUint16(e[24:], uint16(len(long)))
			binary.LittleEndian.PutUint32(e[28:], crc(long))
		}
		binary.LittleEndian.PutUint32(e[4:], crc(append(bytes.Clone(e[:4]), e[8:]...)))
		copy(page[64+32*next:], e)
		copy(page[64+32*(next+1):], long)
		for i := range int(e[2]) {
			n := next + i
			page[32+n/4] &^= 1 << (2 * (n % 4))
		}
		next += int(e[2])
	}
	spaces := map[string]byte{}
	for _, v := range values {
		if spaces[v[0]] == 0 {
			spaces[v[0]] = byte(len(spaces) + 1)
			put(0, 0x01, v[0], []byte{spaces[v[0]]}, nil)
		}
		put(spaces[v[0]], 0x21, v[1], nil, append([]byte(v[2]), 0))
	}
	return append(page, bytes.Repeat([]byte{0xff}, 2*4096)...)
}

func TestStoredSecrets(t *testing.T) {
	image := storageWith(
		[3]string{"nvs.net80211", "sta.pswd", "Reiher77x"}, [3]string{"mqtt", "mqtt_pass", "Reiher78x"}, [3]string{"web", "admin_pwd", "admin"},
		[3]string{"storage", "ssid", "acme"}, [3]string{"storage", "password", "Reiher79x"}, [3]string{"app", "password", "Reiher80x"},
		[3]string{"lora", "appkey", "8e24f1b07c3d5a69e2104b7f9c6d8a35"}, [3]string{"app", "app_key_id", "8e24f1b07c3d5a69e2104b7f9c6d8a36"},
		[3]string{"nvs.net80211", "ap.passwd", ""}, [3]string{"a", "pass_len", "12345678"}, [3]string{"a", "bypass", "enabled1"}, [3]string{"b", "password", "********"},
		[3]string{"c", "web_password", "$2b$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuabcdefghijk"}, [3]string{"d", "ssid", "Reiher81x"},
	)
	o, err := Observe(context.Background(), firmware.Source{Name: "nvs.bin", Reader: bytes.NewReader(image), Size: int64(len(image))}, firmware.Options{}, PlainSecrets, Tokens)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range valueOf(t, o, PlainSecrets) {
		got = append(got, fmt.Sprint(s.Name, " ", s.Wifi, " ", s.OnList))
		if s.Location.Digest != "" {
			t.Errorf("a digest of nothing but a secret: %+v", s.Location)
		}
	}
	for _, s := range valueOf(t, o, Tokens) {
		got = append(got, s.What)
	}
	slices.Sort(got)
	want := []string{"admin_pwd false true", "key of LoRaWAN", "mqtt_pass false false", "password false false", "password true false", "sta.pswd true false"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
