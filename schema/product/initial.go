package product

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Seen is what an inspection saw in a firmware image, as far as it helps to
// write the first product file.
type Seen struct {
	Image     string        // path of the image, relative to the product's folder
	Version   string        // of the firmware, if it says so
	Mechanism string        // updater, in the words of update.mechanism
	Services  []SeenService // that start with the device
	Accounts  []string      // that can log in
}

// SeenService is a service that starts with the device.
type SeenService struct {
	Name     string
	Port     int    // 0 if it is not known
	Protocol string // tcp or udp; "" if it is not known
}

// Question is one thing that "assay init" asks.
type Question struct {
	Path     string   // the attribute that the answer goes to: "support.until"
	Prompt   string   // what to ask
	Default  string   // the answer if none is given; "" leaves the attribute out
	Choices  []string // values allowed; nil for any
	Required bool     // Default stands in for an answer until there is one
	target   *attribute
}

// Check says what is wrong with an answer, and how to write it. A list is
// written with commas between.
func (q Question) Check(answer string) error {
	answer = strings.TrimSpace(answer)
	if answer == "" && q.Default == "" {
		return nil
	}
	for _, s := range q.target.split(first(answer, q.Default)) {
		val, ok := parseKind(s, q.target.Kind)
		if !ok {
			return fmt.Errorf("%s is no %s", quoted(s), q.target.Kind)
		}
		if todo, what := q.target.check(val); what != "" {
			return errors.New(what + ". " + todo)
		}
	}
	return nil
}

// split divides an answer into the values of a list.
func (a *attribute) split(answer string) []string {
	if !a.List {
		return []string{strings.TrimSpace(answer)}
	}
	var out []string
	for s := range strings.SplitSeq(answer, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// placeholder stands where something is required and was not answered.
const placeholder = "CHANGE ME"

// Unanswered counts the places that Init left to be filled in.
func Unanswered(text []byte) int {
	return bytes.Count(text, []byte(placeholder))
}

// Questions lists what "assay init" asks, in order. What was seen gives
// defaults; what was not seen is never made up.
func Questions(seen Seen) []Question {
	asked := []Question{
		{Path: "product.name", Prompt: "Name of the product, as the buyer sees it", Default: placeholder},
		{Path: "product.models", Prompt: "Model designations, with commas between", Default: placeholder},
		{Path: "product.category", Prompt: "What kind of device it is, in a word"},
		{Path: "manufacturer.name", Prompt: "Legal name of the manufacturer", Default: placeholder},
		{Path: "manufacturer.country", Prompt: "Country, two letters"},
		{Path: "manufacturer.contact", Prompt: "How customers reach the manufacturer (mailto:, tel: or https:)"},
		{Path: "vulnerability_disclosure.policy", Prompt: "Address of the policy for reported vulnerabilities (https:)"},
		{Path: "vulnerability_disclosure.contacts", Prompt: "Where reports of vulnerabilities go (mailto: or https:)"},
		{Path: "vulnerability_disclosure.acknowledge", Prompt: "Within what time a report is acknowledged, as 5d"},
		{Path: "vulnerability_disclosure.status_every", Prompt: "How often the reporter hears of progress, as 14d"},
		{Path: "support.until", Prompt: "Last day of security updates, as 2031-12-31"},
		{Path: "firmware.version", Prompt: "Version of the firmware", Default: first(seen.Version, placeholder)},
		{Path: "firmware.image", Prompt: "Path of the firmware image, inside the product's folder", Default: seen.Image},
		{Path: "update.mechanism", Prompt: "How the device updates itself", Default: seen.Mechanism},
		{Path: "update.automatic", Prompt: "Do updates install by themselves (true or false)"},
		{Path: "deletion.device", Prompt: "How users erase the device"},
		{Path: "deletion.instructions", Prompt: "Address of the instructions for that (https:)"},
	}
	root := grammar()
	for i := range asked {
		q := &asked[i]
		q.target = find(root, q.Path)
		q.Choices = q.target.Enum
		q.Required = q.target.Required
		if q.Default != "" && q.Check("") != nil {
			q.Default = ""
		}
	}
	return asked
}

// find gives the attribute at a path as Explain names it.
func find(root *blockType, path string) *attribute {
	for _, p := range paths(root, nil) {
		if p.attribute != nil && p.name() == path {
			return p.attribute
		}
	}
	panic("product: no attribute " + path)
}

// Init writes the first product file: the answers, what was seen, and all else
// of the language as comments. Answers go by the paths of Questions; one that is
// left out takes its default. The result loads, and is formatted.
func Init(answers map[string]string, seen Seen) ([]byte, error) {
	values := map[string]string{}
	for _, q := range Questions(seen) {
		answer := strings.TrimSpace(answers[q.Path])
		if err := q.Check(answer); err != nil {
			return nil, fmt.Errorf("%s: %w", q.Path, err)
		}
		if answer = first(answer, q.Default); answer != "" {
			values[q.Path] = answer
		}
	}
	for path := range answers {
		if !slices.ContainsFunc(Questions(seen), func(q Question) bool { return q.Path == path }) {
			return nil, fmt.Errorf("there is no question %q", path)
		}
	}
	root := grammar()
	t := &template{}
	t.line(0, "# What this file can say: assay explain product. A line that begins with # is a suggestion.")
	t.content(instances(root, values, seen), 0, true)
	return hclwrite.Format([]byte(t.out.String())), nil
}

// instance is a block to be written.
type instance struct {
	typ    *blockType
	label  string
	values map[string]string // by attribute
	inner  []instance
}

// instances makes the blocks that have something to say.
func instances(root *blockType, values map[string]string, seen Seen) instance {
	manufacturer := build(root.block("manufacturer"), slug(values["manufacturer.name"]), values)
	manufacturer.inner = present(build(root.block("manufacturer").block("vulnerability_disclosure"), "", values))
	typ := root.block("product")
	product := build(typ, slug(values["product.name"]), values)
	product.inner = append(present(
		build(typ.block("support"), "", values), build(typ.block("update"), "", values), build(typ.block("deletion"), "", values)),
		build(typ.block("firmware"), "main", values), instance{typ: typ.block("target"), label: "platform-statement"})
	product.inner = append(product.inner, seenBlocks(typ, seen)...)
	top := instance{typ: root, values: map[string]string{"schema_version": fmt.Sprint(SchemaVersion)}}
	top.inner = []instance{manufacturer, product}
	return top
}

// build makes a block of the answers that belong into it.
func build(typ *blockType, label string, values map[string]string) instance {
	b := instance{typ: typ, label: label, values: map[string]string{}}
	for _, a := range typ.Attributes {
		if v, ok := values[typ.Name+"."+a.Name]; ok {
			b.values[a.Name] = v
		}
	}
	return b
}

// present keeps the blocks that hold something.
func present(blocks ...instance) []instance {
	return slices.DeleteFunc(blocks, func(b instance) bool { return len(b.values) == 0 })
}

// seenBlocks makes the credentials and services that were seen.
func seenBlocks(typ *blockType, seen Seen) []instance {
	var out []instance
	taken := map[string]bool{}
	for _, account := range seen.Accounts {
		if label := unique(taken, slug(account)); strings.TrimSpace(account) != "" {
			out = append(out, instance{typ: typ.block("credential"), label: label, values: map[string]string{"kind": "password", "account": account}})
		}
	}
	network := instance{typ: typ.block("interface"), label: "network", values: map[string]string{"kind": "network"}}
	taken = map[string]bool{}
	for _, s := range seen.Services {
		service := instance{typ: network.typ.block("service"), label: unique(taken, slug(s.Name)), values: map[string]string{}}
		if s.Port > 0 && s.Port <= 65535 {
			service.values["port"] = fmt.Sprint(s.Port)
		}
		if s.Protocol == "tcp" || s.Protocol == "udp" {
			service.values["protocol"] = s.Protocol
		}
		network.inner = append(network.inner, service)
	}
	if len(network.inner) > 0 {
		out = append(out, network)
	}
	return out
}

// unique gives a label that is not taken yet.
func unique(taken map[string]bool, label string) string {
	name := label
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", label, n)
	}
	taken[name] = true
	return name
}

// slug makes a label of a name: small letters, digits and hyphens, a letter
// first.
func slug(name string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
		if out.Len() == 48 {
			break
		}
	}
	s := strings.Trim(out.String(), "-")
	if s == "" {
		return "unnamed"
	}
	if s[0] >= '0' && s[0] <= '9' {
		return "x" + s
	}
	return s
}

// template writes blocks, and as comments what could stand beside them.
type template struct {
	out   strings.Builder
	plain bool // all of it is a suggestion, which becomes a comment as a whole
}

// content writes what stands in a block.
func (t *template) content(b instance, depth int, suggesting bool) {
	for i := range b.typ.Attributes {
		t.attribute(&b.typ.Attributes[i], b, depth, suggesting)
	}
	for _, inner := range b.typ.Blocks {
		written := false
		for _, nested := range b.inner {
			if nested.typ.Name == inner.Name {
				t.block(nested, depth, !written)
				written = true
			}
		}
		if !written && suggesting && inner.Name != "variable" {
			t.suggest(inner, depth)
		}
	}
}

// attribute writes an attribute: its value, or a suggestion.
func (t *template) attribute(a *attribute, b instance, depth int, suggesting bool) {
	if v, ok := b.values[a.Name]; ok {
		t.line(depth, a.Name+" = "+a.literal(v))
		return
	}
	line := a.Name + " = " + a.example() + " # " + a.hint()
	switch {
	case t.plain:
		t.line(depth, line)
	case suggesting:
		t.line(depth, "# "+line)
	}
}

func (t *template) line(depth int, s string) {
	t.out.WriteString(strings.Repeat("  ", depth) + s + "\n")
}

// hint is what the attribute means, with its values.
func (a *attribute) hint() string {
	if len(a.Enum) > 0 {
		return a.Doc + " One of: " + strings.Join(a.Enum, ", ") + "."
	}
	return a.Doc
}

// literal writes an answer as a value.
func (a *attribute) literal(answer string) string {
	var items []cty.Value
	for _, s := range a.split(answer) {
		val, _ := parseKind(s, a.Kind)
		items = append(items, val)
	}
	val := items[0]
	if a.List {
		val = cty.TupleVal(items)
	}
	return string(hclwrite.TokensForValue(val).Bytes())
}

// block writes a block. The first of its type goes with its meaning, and with
// suggestions for what else could stand in it.
func (t *template) block(b instance, depth int, first bool) {
	t.line(0, "")
	if first {
		t.line(depth, "# "+b.typ.meaning())
	}
	header := b.typ.header()
	if b.typ.Label != "" && b.label != "" {
		header = b.typ.Name + " " + string(hclwrite.TokensForValue(cty.StringVal(b.label)).Bytes())
	}
	t.line(depth, header+" {")
	t.content(b, depth+1, first)
	t.line(depth, "}")
}

// meaning is what the block is for, and the principle that it speaks to.
func (b *blockType) meaning() string {
	if b.Principle == "" {
		return b.Doc
	}
	return b.Doc + " (" + b.Principle + ")"
}

// suggest writes a block as a comment.
func (t *template) suggest(typ *blockType, depth int) {
	if t.plain {
		t.block(instance{typ: typ}, depth, true)
		return
	}
	inner := template{plain: true}
	inner.block(instance{typ: typ}, 0, true)
	t.line(0, "")
	for s := range strings.Lines(string(hclwrite.Format([]byte(inner.out.String())))) {
		s = strings.TrimSuffix(s, "\n")
		switch {
		case s == "":
		case strings.HasPrefix(s, "#"):
			t.line(depth, s)
		default:
			t.line(depth, "# "+s)
		}
	}
}
