package erofs

import "errors"

var errLZ4 = errors.New("corrupt block")

// lz4Part unpacks the first len(dst) bytes of an LZ4 block, whatever follows. It
// is for clusters that are shared, and for those without leading zeros, whose
// end is not known; lz4_Block_format.md of LZ4 describes them. Left is what follows.
func lz4Part(dst, src []byte) (left []byte, err error) {
	const minMatch = 4
	for at := 0; at < len(dst); {
		if len(src) == 0 {
			return nil, errLength
		}
		token := src[0]
		src = src[1:]
		literals, rest, ok := lz4Length(int(token>>4), src)
		if !ok {
			return nil, errLZ4
		}
		src = rest
		n := copy(dst[at:], src[:min(literals, len(src))])
		if at += n; at == len(dst) {
			return src[n:], nil
		}
		if n < literals || len(src) < literals+2 {
			return nil, errLength
		}
		back := int(src[literals]) | int(src[literals+1])<<8
		match, rest, ok := lz4Length(int(token&15), src[literals+2:])
		if !ok || back == 0 || back > at {
			return nil, errLZ4
		}
		src = rest
		at += fill(dst[at:], dst[at-back:], match+minMatch, back)
	}
	return src, nil
}

// lz4Length reads the bytes that go on a length of 15.
func lz4Length(n int, src []byte) (int, []byte, bool) {
	if n < 15 {
		return n, src, true
	}
	for i, b := range src {
		if n += int(b); b < 255 {
			return n, src[i+1:], true
		}
	}
	return 0, nil, false
}
