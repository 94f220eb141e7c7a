package facts

import (
	"bytes"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Token is a secret by which a program shows a cloud or an API who it is.
type Token struct {
	What     string         `json:"what"` // "AWS access key", "GitHub token", "token of a setting (api_key)"
	Secret   Secret         `json:"secret"`
	Location assay.Location `json:"location"`
}

// Tokens are the tokens of the image: those whose form says what they are, in
// any file, and those that the settings of programs call so.
var Tokens = &Fact[[]Token]{
	Name:    "tokens",
	Version: 9,
	Doc:     "Tokens of clouds and APIs: by their fixed form in any file, and by the name of the setting in settings.",
	Needs:   []Node{tokenScan, Texts, Scripts},
	Observe: func(o *Observer) ([]Token, error) {
		found, err := tokenScan.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		scripts, err := Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		found = seenOnce(found, func(t Token) (string, assay.Location) {
			value, _ := t.Secret.Reveal()
			return t.What + value, t.Location
		})
		var named []Token
		for _, t := range texts.All() {
			if t.holds(shortTokens.anchors) {
				found = append(found, shortTokens.in(t.File, []byte(t.Content))...)
			}
			named = slices.Concat(named, namedTokens(t), codeTokens(t), ownCodeTokens(t))
		}
		for _, s := range scripts {
			named = append(named, scriptTokens(s)...)
		}
		for _, n := range named {
			if !slices.ContainsFunc(found, n.isOf) {
				found = append(found, n)
			}
		}
		slices.SortStableFunc(found, func(a, b Token) int { return a.Location.Compare(b.Location) })
		return found, nil
	},
}

// isOf reports whether a token of the same line is the same or holds this one.
func (t Token) isOf(other Token) bool {
	if t.Location.Path != other.Location.Path || t.Location.Line != other.Location.Line {
		return false
	}
	value, _ := t.Secret.Reveal()
	whole, _ := other.Secret.Reveal()
	return strings.Contains(whole, value) || strings.Contains(value, whole)
}

// tokenRule is a form that a provider gives its tokens. anchor is a part that
// never varies, back the number of bytes before it that may belong to the token.
type tokenRule struct {
	what   string
	anchor string
	back   int
	form   *pattern
	holds  func(string) bool // a checksum; nil if there is none
}

var tokenRules = []tokenRule{
	{"AWS access key", "AKIA", 0, lazy(`^AKIA[A-Z2-7]{16}\b`), nil},
	{"GitHub token", "ghp_", 0, lazy(`^ghp_[A-Za-z0-9]{36}\b`), crcToken},
	{"GitHub token", "gho_", 0, lazy(`^gho_[A-Za-z0-9]{36}\b`), crcToken},
	{"GitHub token", "ghs_", 0, lazy(`^ghs_[A-Za-z0-9]{36}\b`), crcToken},
	{"GitHub token", "ghr_", 0, lazy(`^ghr_[A-Za-z0-9]{36}\b`), crcToken},
	{"GitHub token", "github_pat_", 0, lazy(`^github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b`), nil},
	{"npm token", "npm_", 0, lazy(`^npm_[A-Za-z0-9]{36}\b`), crcToken},
	{"GitLab token", "glpat-", 0, lazy(`^glpat-[A-Za-z0-9_\-]{20,}\b`), nil},
	{"GitLab token", "gldt-", 0, lazy(`^gldt-[A-Za-z0-9_\-]{20,}\b`), nil},
	{"PyPI token", "pypi-AgEIcHlwaS5vcmc", 0, lazy(`^pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_\-]{50,}`), nil},
	{"Slack token", "xoxb-", 0, lazy(`^xoxb-[0-9]{10,13}-[0-9A-Za-z\-]{20,}`), nil},
	{"Slack token", "xoxp-", 0, lazy(`^xoxp-[0-9]{10,13}-[0-9A-Za-z\-]{20,}`), nil},
	{"Slack web hook", "hooks.slack.com/services/", 0, lazy(`^hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}`), nil},
	{"Discord web hook", "discord.com/api/webhooks/", 0, lazy(`^discord\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_\-]{60,}`), nil},
	{"Stripe key", "sk_live_", 0, lazy(`^sk_live_[A-Za-z0-9]{24,}`), nil},
	{"Stripe key", "rk_live_", 0, lazy(`^rk_live_[A-Za-z0-9]{24,}`), nil},
	{"Google API key", "AIza", 0, lazy(`^AIza[A-Za-z0-9_\-]{35}(?:[^A-Za-z0-9_\-]|$)`), nil},
	{"Google client secret", "GOCSPX-", 0, lazy(`^GOCSPX-[A-Za-z0-9_\-]{28}`), nil},
	{"SendGrid key", "SG.", 0, lazy(`^SG\.[A-Za-z0-9_\-]{22}\.[A-Za-z0-9_\-]{43}(?:[^A-Za-z0-9_\-]|$)`), nil},
	{"Telegram bot token", ":AA", 10, lazy(`^[0-9]{8,10}:AA[A-Za-z0-9_\-]{33}(?:[^A-Za-z0-9_\-]|$)`), nil},
	{"Azure shared access key", "SharedAccessKey=", 0, lazy(`^SharedAccessKey=[A-Za-z0-9+/]{43}=`), nil},
	{"Azure account key", "AccountKey=", 0, lazy(`^AccountKey=[A-Za-z0-9+/]{86}==`), nil},
	{"DigitalOcean token", "dop_v1_", 0, lazy(`^dop_v1_[0-9a-f]{64}\b`), nil},
	{"Hugging Face token", "hf_", 0, lazy(`^hf_[A-Za-z]{34}\b`), nil},
	{"OpenAI key", "T3BlbkFJ", 0, lazy(`^T3BlbkFJ[A-Za-z0-9_\-]{20,}`), nil},
	{"Anthropic key", "sk-ant-api03-", 0, lazy(`^sk-ant-api03-[A-Za-z0-9_\-]{80,}`), nil},
	{"Adafruit IO key", "aio_", 0, lazy(`^aio_[A-Za-z]{4}[0-9]{2}[A-Za-z0-9]{22}\b`), nil},
	{"Tailscale key", "tskey-", 0, lazy(`^tskey-(?:auth|api|client)-[A-Za-z0-9]{8,}-[A-Za-z0-9]{20,}`), nil},
	{"Mapbox secret token", "sk.eyJ", 0, lazy(`^sk\.eyJ[A-Za-z0-9_\-]{20,}\.[A-Za-z0-9_\-]{20,}`), nil},
	{"HashiCorp Vault token", "hvs.", 0, lazy(`^hvs\.[A-Za-z0-9_\-]{90,}`), nil},
	{"token (api_key)", "?api_key=", 0, lazy(`^\?api_key=[A-Za-z0-9]{16,64}(?:[^A-Za-z0-9%{]|$)`), queryToken},
	{"token (api_key)", "&api_key=", 0, lazy(`^&api_key=[A-Za-z0-9]{16,64}(?:[^A-Za-z0-9%{]|$)`), queryToken},
	{"token (access_token)", "?access_token=", 0, lazy(`^\?access_token=[A-Za-z0-9]{16,64}(?:[^A-Za-z0-9%{]|$)`), queryToken},
	{"token (access_token)", "&access_token=", 0, lazy(`^&access_token=[A-Za-z0-9]{16,64}(?:[^A-Za-z0-9%{]|$)`), queryToken},
	{"Alibaba Cloud access key", "LTAI", 0, lazy(`^LTAI[A-Za-z0-9]{12,20}["']?(?:\x00{1,8}|\s{0,8},\s{0,40}(?:[a-z_]{1,24}=)?)["']?[A-Za-z0-9]{30}(?:[^A-Za-z0-9]|$)`), aliPair},
	{"key of LoRaWAN", "AT+APPKEY=", 0, modemKey, ownModemKey},
	{"key of LoRaWAN", "AT+NWKKEY=", 0, modemKey, ownModemKey},
	{"key of LoRaWAN", "AT+APPSKEY=", 0, modemKey, ownModemKey},
	{"key of LoRaWAN", "AT+NWKSKEY=", 0, modemKey, ownModemKey},
	{"Shopify token", "shpat_", 0, lazy(`^shpat_[0-9a-f]{32}\b`), nil},
}

// ofQuery reports whether the rule is for the query of an address, which a program that
// was compiled holds; in texts, the names of settings speak.
func (r tokenRule) ofQuery() bool {
	return strings.HasPrefix(r.anchor, "?") || strings.HasPrefix(r.anchor, "&")
}

func queryToken(v string) bool {
	_, value, _ := strings.Cut(v, "=")
	return isTokenValue(value)
}

// aliPair reports whether the secret behind the number of a key is one: both stand as
// arguments of one call, or as strings of a program.
func aliPair(v string) bool { return isTokenValue(v[max(len(v)-30, 0):]) }

// Rules with a long anchor, or with digits before it, run over all files; the others
// would make that slow, and run over the texts.
var longTokens, shortTokens = tokenRulesBy(tokenRule.isLong),
	tokenRulesBy(func(r tokenRule) bool { return !r.isLong() })

func (r tokenRule) isLong() bool { return len(r.anchor) > 3 || r.back > 0 }

// tokenSearch finds the anchors of some rules.
type tokenSearch struct {
	rules   []tokenRule
	anchors *literals
}

func tokenRulesBy(fits func(tokenRule) bool) tokenSearch {
	var s tokenSearch
	var words []string
	for _, r := range tokenRules {
		if fits(r) {
			s.rules, words = append(s.rules, r), append(words, r.anchor)
		}
	}
	s.anchors = newLiterals(words)
	return s
}

// in finds the tokens of a file.
func (s tokenSearch) in(f *firmware.File, content []byte) []Token {
	return s.spot(f, content, s.anchors.Sights(content))
}

func (s tokenSearch) spot(f *firmware.File, content []byte, anchors sights) []Token {
	var found []Token
	anchors.Each(func(word, at int) bool {
		if t, ok := tokenAt(s.rules[word], content, at); ok && (!s.rules[word].ofQuery() || f.Kind == firmware.Raw || bytes.HasPrefix(content, elfStart)) {
			t.Location.Path, t.Location.Digest = f.Path, At(f).Digest
			if f.Kind == firmware.Regular && IsText(content) {
				t.Location.Line = 1 + bytes.Count(content[:t.Location.Offset], []byte("\n"))
			}
			found = append(found, t)
		}
		return len(found) < maxKeys
	})
	return found
}

// maxToken is the number of bytes that are looked at from a token's start.
const maxToken = 256

var tokenScan = &Scan[Token]{
	Name:    "token-forms",
	Version: 3,
	Doc:     "Tokens with a fixed form, in any file.",
	Want: func(f *firmware.File) bool {
		return (f.Kind == firmware.Regular || f.Kind == firmware.Raw) && f.Size >= 20
	},
	Words: longTokens.anchors,
	Spot:  longTokens.spot,
}

// tokenAt looks whether a token stands around an anchor.
func tokenAt(r tokenRule, content []byte, at int) (Token, bool) {
	start := at
	for start > 0 && at-start < r.back && content[start-1] >= '0' && content[start-1] <= '9' {
		start--
	}
	inAddress := r.back > 0 && bytes.HasSuffix(content[:start], []byte("/bot")) // of Telegram's interface
	if start > 0 && r.anchor != "T3BlbkFJ" && !r.ofQuery() && !inAddress && isTokenByte(content[start-1]) {
		return Token{}, false // the middle of something longer
	}
	value := strings.TrimRight(string(r.form.Get().Find(content[start:min(len(content), start+maxToken)])), " \t\r\n\"';,<>&)]}\x00")
	if value == "" || strings.Contains(value, "EXAMPLE") || strings.HasSuffix(value, emulatorKey) || isRepeated(value) || r.holds != nil && !r.holds(value) {
		return Token{}, false
	}
	return Token{What: r.what, Secret: NewSecret(r.what, value), Location: assay.Location{Offset: int64(start), Length: int64(len(value))}}, true
}

// emulatorKey ends the key of the account devstoreaccount1 of Azure's storage emulator,
// which is the same everywhere and opens nothing else (Azurite's manual).
const emulatorKey = "K1SZFPTOtr/KBHBeksoGMGw=="

func isTokenByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_'
}

// isRepeated reports whether the last 12 characters are of one or two kinds, as
// in a place to fill in.
func isRepeated(value string) bool {
	tail := value[max(0, len(value)-12):]
	kinds := map[byte]bool{}
	for i := range len(tail) {
		kinds[tail[i]] = true
	}
	return len(kinds) <= 2
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// crcToken checks the last six characters of tokens of GitHub and npm: CRC-32 of
// what stands between them and the prefix, in base 62.
func crcToken(token string) bool {
	_, body, ok := strings.Cut(token, "_")
	if !ok || len(body) < 7 {
		return false
	}
	sum := uint64(crc32.ChecksumIEEE([]byte(body[:len(body)-6])))
	var want [6]byte
	for i := 5; i >= 0; i-- {
		want[i] = base62[sum%62]
		sum /= 62
	}
	return string(want[:]) == body[len(body)-6:]
}
