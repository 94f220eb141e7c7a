package ordinary

// maxTables is how many tables a font may have, maxFonts how many fonts a collection.
const maxTables, maxFonts = 512, 256

// fontEnd is the end of the last table of a font of TrueType or OpenType.
func fontEnd(b []byte) int { return tablesEnd(b, 0) }

// tablesEnd is that of the font whose directory stands at a place; 0 if there is none.
func tablesEnd(b []byte, at int) int {
	const header, entry = 12, 16
	n := big16(b, at+4)
	if n <= 0 || n > maxTables {
		return 0
	}
	end := at + header + n*entry
	for i := range n {
		e := at + header + i*entry
		off, size := big32(b, e+8), big32(b, e+12)
		if !printable(b, e) || size < 0 || size > len(b) || off > len(b)-size {
			return 0
		}
		end = max(end, off+(size+3)&^3)
	}
	return end
}

// collectionEnd is the end of the last of several fonts that share tables.
func collectionEnd(b []byte) (end int) {
	const header = 12
	n := big32(b, 8)
	if n <= 0 || n > maxFonts {
		return 0
	}
	for i := range n {
		at := big32(b, header+4*i)
		one := 0
		if at >= header {
			one = tablesEnd(b, at)
		}
		if one == 0 {
			return 0
		}
		end = max(end, one)
	}
	if sign := header + 4*n; has(b, sign, "DSIG") {
		if size, off := big32(b, sign+4), big32(b, sign+8); size > 0 && size <= len(b) && off >= 0 && off <= len(b)-size {
			end = max(end, off+size)
		}
	}
	return end
}

// woffEnd is what a packed font says how long it is.
func woffEnd(b []byte) int {
	const header = 44
	size, tables := big32(b, 8), big16(b, 12)
	if size < header || size > len(b) || tables <= 0 || tables > maxTables || big16(b, 14) != 0 {
		return 0
	}
	if flavour := big32(b, 4); flavour != 0x00010000 && !printable(b, 4) {
		return 0
	}
	return size
}
