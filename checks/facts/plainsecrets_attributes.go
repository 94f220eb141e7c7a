package facts

import (
	"slices"
	"strings"
)

var (
	// attributeTag is a tag of XML with two attributes or more, and its end if that stands on
	// the line; xmlAttribute is one of them.
	attributeTag = lazy(`<[A-Za-z][A-Za-z0-9_:.-]*((?:\s+[A-Za-z_][A-Za-z0-9_:.-]*\s*=\s*(?:"[^"<>]*"|'[^'<>]*')){2,})(\s*/?>)?`)
	xmlAttribute = lazy(`([A-Za-z_][A-Za-z0-9_:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	// valueTag is a tag that is the setting itself, with its value, which TP-Link writes
	// without quotes: <AdminPwd val=x />.
	valueTag = lazy(`<([A-Za-z_][A-Za-z0-9_:.-]*)\s+(?i:val|value|v)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>/]+))\s*/?>`)
	// namedSetting is the name of a setting.
	namedSetting = lazy(`^[A-Za-z0-9_:.\-]+$`)
)

// Names of the attributes that hold the name of a setting and its value, in small letters:
// those of Realtek's and ZTE's kits, of MIBs and of data models, and what others call them.
var (
	nameAttributes  = []string{"name", "n", "nm", "key", "k", "param", "setting", "var", "item", "node", "path", "id"}
	valueAttributes = []string{"value", "val", "v", "default", "data", "dv", "def", "defval", "defaultvalue"}
	// wordAttributes hold words for people, and what pages and schemes say of a field.
	wordAttributes = []string{
		"type", "for", "class", "style", "label", "text", "title", "placeholder", "href", "src", "action", "method", "autocomplete", "tip", "desc", "description", "help",
		"msg", "msgid", "lang", "caption", "alt", "ref", "use", "base", "format", "access", "pattern", "rule", "widget", "control", "event", "role", "target", "icon",
	}
)

// tagSecrets finds the passwords of a line that stand in the attributes of tags, where one
// attribute has the name of a setting and another the value: <V N="PASSWORD" V="x"/>.
// Attributes with other names than the usual ones count in a tag without further ones; there
// the value must be no word.
func tagSecrets(line string) []PlainSecret {
	var found []PlainSecret
	for _, p := range tagSettings(line) {
		if p.value == "user" || !isFieldName(p.value) { // a label
			found = appendSecret(found, p.name, p.value)
		}
	}
	return found
}

// tagSettings gives the settings of such tags.
func tagSettings(line string) []namedValue {
	if strings.IndexByte(line, '<') < 0 || strings.IndexByte(line, '=') < 0 {
		return nil
	}
	var all []namedValue
	for _, m := range valueTag.Get().FindAllStringSubmatch(line, 64) {
		all = append(all, namedValue{m[1], m[2] + m[3] + m[4]})
	}
	for _, tag := range attributeTag.Get().FindAllStringSubmatch(line, 64) {
		attributes := xmlAttribute.Get().FindAllStringSubmatch(tag[1], 8)
		at := func(names []string) int {
			for _, n := range names { // the more telling ones first
				if i := slices.IndexFunc(attributes, func(a []string) bool { return strings.EqualFold(a[1], n) }); i >= 0 {
					return i
				}
			}
			return -1
		}
		name, value := at(nameAttributes), at(valueAttributes)
		usual := name >= 0 && value >= 0
		if !usual {
			if len(attributes) != 2 || tag[2] == "" || at(wordAttributes) >= 0 {
				continue
			}
			name, value = 0, 1
		}
		pair := namedValue{attributes[name][2] + attributes[name][3], attributes[value][2] + attributes[value][3]}
		if namedSetting.Get().MatchString(pair.name) && (usual || isWifiWord(pair.value) || isStrongWord(pair.value) && isMixed(pair.value)) {
			all = append(all, pair)
		}
	}
	return all
}
