package facts

import (
	"strings"
)

var (
	// tokenElement is a setting as XML has it: <api_key>…</api_key>.
	tokenElement = lazy(`<(?:[A-Za-z0-9_\-]+:)?([A-Za-z0-9_.\-]*(?:[Tt]oken|TOKEN|[Kk]ey|KEY|[Ss]ecret|SECRET))(?:\s[^<>]*)?>\s*([A-Za-z0-9+/=_.\-]{16,})\s*</`)
	// tokenAttribute is one whose value is an attribute of its element: <apiKey value="…"/>.
	tokenAttribute = lazy(`<(?:[A-Za-z0-9_\-]+:)?([A-Za-z0-9_.\-]*(?:[Tt]oken|TOKEN|[Kk]ey|KEY|[Ss]ecret|SECRET))\s+(?:val|value|default)\s*=\s*"([A-Za-z0-9+/=_.\-]{16,})"`)
	// tokenItem has name and value as attributes: <item name="client_secret" value="…"/>.
	tokenItem = lazy(`\s(?:name|key|id|Name|Key|Id)\s*=\s*"([A-Za-z0-9_.\-]*(?:[Tt]oken|TOKEN|[Kk]ey|KEY|[Ss]ecret|SECRET))"\s+(?:val|value|default|Value)\s*=\s*"([A-Za-z0-9+/=_.\-]{16,})"`)
	// tokenString is the text of an element that is called so: <string name="api_key">…</string>.
	tokenString = lazy(`<[A-Za-z]+\s+(?:name|key)\s*=\s*"([A-Za-z0-9_.\-]*(?:[Tt]oken|TOKEN|[Kk]ey|KEY|[Ss]ecret|SECRET))"\s*>\s*([A-Za-z0-9+/=_.\-]{16,})\s*</`)
)

var tokenElementForms = []*pattern{tokenElement, tokenAttribute, tokenItem, tokenString}

// tokenElements gives the settings of a line of XML that hold a token.
func tokenElements(line string) []namedValue {
	if strings.IndexByte(line, '<') < 0 || !holdsAny(strings.ToLower(line), tokenWords) {
		return nil
	}
	var found []namedValue
	for _, form := range tokenElementForms {
		for _, m := range form.Get().FindAllStringSubmatch(line, 64) {
			p := namedValue{m[1], m[2]}
			if isNamedToken(p) && isTokenValue(p.value) && !isOtherToken(strings.ToLower(p.name), p.value) {
				found = append(found, p)
			}
		}
	}
	return found
}
