package firmwaretest

import "encoding/binary"

// BootTree is a control tree of U-Boot that demands signatures by one RSA key, of a
// modulus and the exponent 65537.
func BootTree(modulus []byte) []byte {
	var structure, names []byte
	word := func(n ...int) {
		for _, v := range n {
			structure = binary.BigEndian.AppendUint32(structure, uint32(v))
		}
	}
	pad := func() { structure = append(structure, make([]byte, -len(structure)&3)...) }
	begin := func(name string) {
		word(1)
		structure = append(append(structure, name...), 0)
		pad()
	}
	set := func(name string, value []byte) {
		word(3, len(value), len(names))
		names = append(append(names, name...), 0)
		structure = append(structure, value...)
		pad()
	}
	begin("")
	begin("signature")
	begin("key-dev")
	set("required", []byte("conf\x00"))
	set("rsa,modulus", modulus)
	set("rsa,exponent", []byte{0, 0, 0, 0, 0, 1, 0, 1})
	word(2, 2, 2, 9)
	b := append(append(make([]byte, 56), structure...), names...)
	copy(b, "\xd0\x0d\xfe\xed")
	for i, v := range []int{len(b), 56, 56 + len(structure), 40, 17, 16, 0, len(names), len(structure)} {
		binary.BigEndian.PutUint32(b[4+4*i:], uint32(v))
	}
	return b
}
