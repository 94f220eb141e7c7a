package advisories

import "strings"

// cpe is a name of the Common Platform Enumeration 2.3 (NISTIR 7695), as far as it
// is needed.
type cpe struct {
	part, vendor, product, version, update string
	target                                 string // system that it was made for; "*" for any
}

// parseCPE reads cpe:2.3:a:vendor:product:version:update:…
func parseCPE(s string) (cpe, bool) {
	rest, ok := strings.CutPrefix(s, "cpe:2.3:")
	if !ok || len(s) > 4*maxName {
		return cpe{}, false
	}
	var fields [9]string
	for i := range fields {
		if fields[i], rest, ok = cutUnescaped(rest); !ok && i < 4 {
			return cpe{}, false
		}
	}
	c := cpe{fields[0], strings.ToLower(fields[1]), strings.ToLower(fields[2]), fields[3], fields[4], strings.ToLower(fields[8])}
	return c, usable(c.vendor, c.product)
}

// cutUnescaped cuts at the first colon without a backslash before it, and takes
// the backslashes away.
func cutUnescaped(s string) (field, rest string, found bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == ':':
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), "", false
}

// name is that of the package in the ecosystem CPE.
func (c cpe) name() string { return c.vendor + ":" + c.product }

// release joins version and update: 8.5 and p1, 1.0.0 and rc2; "" for one that is
// not said, or stands for all.
func (c cpe) release() string {
	switch {
	case c.version == "*" || c.version == "-" || c.version == "":
		return ""
	case c.update == "*" || c.update == "-" || c.update == "":
		return c.version
	}
	return c.version + "-" + c.update
}

// ecosystemCPE holds the records that go by maker and product.
const ecosystemCPE = "CPE"
