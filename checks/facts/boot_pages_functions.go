package facts

import (
	"regexp"
	"strings"
)

// Functions of PHP into which a page hands what its visitor wrote: its own, and those of
// the files that it takes in.

// phpFunction matches the head of a function, and its parameters.
var (
	phpFunction  = lazy(`\bfunction\s+&?(\w+)\s*\(([^)]*)\)`)
	phpParameter = lazy(`\$(\w+)`)
)

// sinksOf are the functions of a page and of the files that it takes in which run what
// they are given.
func (g *boot) sinksOf(t Text, language string) map[string]given {
	if language != "PHP" || pageLanguages[language].source.Get().FindStringIndex(t.Content) == nil {
		return nil
	}
	sinks := map[string]given{}
	seen := map[string]bool{t.File.Name: true}
	for queue := []Text{t}; len(queue) > 0; queue = queue[1:] {
		code := codeOf(language, queue[0].Content)
		heads := phpFunction.Get().FindAllStringSubmatchIndex(code.text, maxGiven)
		for i, m := range heads {
			end := len(code.text)
			if i+1 < len(heads) {
				end = heads[i+1][0]
			}
			given := map[string]given{}
			for _, p := range phpParameter.Get().FindAllStringSubmatch(code.text[m[4]:m[5]], maxGiven) {
				given[p[1]] = asGiven
			}
			body := code.text[m[1]:end]
			how, _ := queryOf(&pageCode{pageLanguage: pageLanguages[language], language: language, text: body, given: given}, programCode{text: body})
			if name := code.text[m[2]:m[3]]; len(given) > 0 && how > sinks[name] && len(sinks) < maxOwnNames {
				sinks[name] = how
			}
		}
		for _, part := range g.ownParts(queue[0], language) {
			if !seen[part.File.Name] && len(seen) < maxCalledFiles {
				seen[part.File.Name] = true
				queue = append(queue, part)
			}
		}
	}
	return sinks
}

// eachSink finds the calls of such functions in a page, with what they are given.
func (p *pageCode) eachSink(found func(at int, arguments string, how given)) {
	if len(p.sinks) == 0 {
		return
	}
	calls := regexp.MustCompile(`\b(` + strings.Join(sortedKeys(p.sinks), "|") + `)\s*\(`)
	for _, m := range calls.FindAllStringSubmatchIndex(p.text, maxCalls) {
		if before := strings.TrimRight(p.text[max(0, m[0]-16):m[0]], " &"); strings.HasSuffix(before, "function") {
			continue
		}
		rest := p.text[m[1]:min(len(p.text), m[1]+maxCallText)]
		found(m[0], rest[:callEnd(rest)], p.sinks[p.text[m[2]:m[3]]])
	}
}
