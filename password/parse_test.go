package password_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"latchkey/password"
)

// The limits of a policy file and of the problems reported.
const (
	maxFileBytes = 1 << 20
	maxProblems  = 50
)

// file returns a policy file; the rules of ACCOUNT begin in line 2.
func file(rules string) string {
	return `{"passwordPolicyConfigurations":{"TECHNICAL":{},"ACCOUNT":{` + "\n" + rules + "\n}}}"
}

// described returns a policy file with an expression and its description.
func described(description string) string {
	return file(`"allowedRegex":"[a-z]+","allowedRegexDescription":` + description)
}

// load reads and parses a policy file.
func load(path string) (password.Policies, error) {
	src, err := password.Read(path)
	if err != nil {
		return password.Policies{}, err
	}
	return password.Parse(path, src)
}

func TestExampleFilesAreTheDefault(t *testing.T) {
	for _, name := range []string{"testdata/plain.json", "testdata/commented.json"} {
		got, err := load(name)
		if err != nil {
			t.Fatal(err)
		}
		if got.Source != name || got.SuperAdmin != nil {
			t.Errorf("%s: source %q, SuperAdmin %v", name, got.Source, got.SuperAdmin)
		}
		if !slices.Equal(got.Technical.Values(), password.Default().Technical.Values()) ||
			!slices.Equal(got.Account.Values(), password.Default().Account.Values()) {
			t.Errorf("%s: differs from the default:\n%v", name, got)
		}
	}
}

func TestParseReportsProblems(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want []string // line: key: part of why
	}{
		"empty":                  {"", []string{"1::is empty"}},
		"only a comment":         {"/* nothing */\n", []string{"2::is empty"}},
		"no object":              {"[1]", []string{"1::must be an object"}},
		"root key missing":       {"{}", []string{"1:passwordPolicyConfigurations:is missing"}},
		"root key misspelt":      {`{"passwordPolicyConfiguration":{}}`, []string{"1:passwordPolicyConfiguration:did you mean passwordPolicyConfigurations?", "1:passwordPolicyConfigurations:is missing"}},
		"section missing":        {"{\n\"passwordPolicyConfigurations\":{\"TECHNICAL\":{}}}", []string{"2:passwordPolicyConfigurations.ACCOUNT:is missing"}},
		"sections no object":     {`{"passwordPolicyConfigurations":7}`, []string{"1:passwordPolicyConfigurations:not a number"}},
		"section no object":      {`{"passwordPolicyConfigurations":{"TECHNICAL":{},"ACCOUNT":[]}}`, []string{"1:passwordPolicyConfigurations.ACCOUNT:not a list"}},
		"section unknown":        {`{"passwordPolicyConfigurations":{"TECHNICAL":{},"ACCOUNT":{},"SUPERADMINS":{}}}`, []string{"1:passwordPolicyConfigurations.SUPERADMINS:did you mean SUPERADMIN?"}},
		"section doubled":        {"{\"passwordPolicyConfigurations\":{\"TECHNICAL\":{},\n\"ACCOUNT\":{},\n\"ACCOUNT\":{}}}", []string{"3:passwordPolicyConfigurations.ACCOUNT:twice; the first is in line 2"}},
		"unknown":                {file(`"minimumSymbol":6`), []string{"2:A.minimumSymbol:did you mean minimumSymbols?"}},
		"wrong case":             {file(`"MinimumSymbols":6`), []string{"2:A.MinimumSymbols:did you mean minimumSymbols?"}},
		"unlike anything":        {file(`"colour":6`), []string{"2:A.colour:known here are minimumSymbols, maximumSymbols"}},
		"control in key":         {file(`"a\u001bb":6`), []string{`2:A."a\x1bb":is not known`}},
		"doubled":                {file("\"minimumDigits\":1,\n\"minimumDigits\":1"), []string{"3:A.minimumDigits:twice"}},
		"doubled by escape":      {file("\"minimumDigits\":1,\n\"minimum\\u0044igits\":1"), []string{"3:A.minimumDigits:twice"}},
		"doubled in unknown":     {file("\"x\":{\"y\":1,\n\"y\":1}"), []string{"2:A.x:is not known", "3:A.x.y:twice"}},
		"string for int":         {file(`"minimumSymbols":"6"`), []string{"2:A.minimumSymbols:not a string"}},
		"null for int":           {file(`"minimumSymbols":null`), []string{"2:A.minimumSymbols:not null"}},
		"bool for int":           {file(`"minimumSymbols":true`), []string{"2:A.minimumSymbols:not true or false"}},
		"point":                  {file(`"minimumSymbols":6.0`), []string{"2:A.minimumSymbols:without point or exponent, not 6.0"}},
		"exponent":               {file(`"minimumSymbols":1e1`), []string{"2:A.minimumSymbols:not 1e1"}},
		"2^31":                   {file(`"minimumSymbols":2147483648`), []string{"2:A.minimumSymbols:between -2147483648 and 2147483647"}},
		"-2^31-1":                {file(`"minimumSymbols":-2147483649`), []string{"2:A.minimumSymbols:between"}},
		"2^64":                   {file(`"minimumSymbols":18446744073709551616`), []string{"2:A.minimumSymbols:between"}},
		"a thousand digits":      {file(`"minimumSymbols":` + strings.Repeat("9", 1000)), []string{"2:A.minimumSymbols:…"}},
		"leading zero":           {file(`"minimumSymbols":06`), []string{"2:passwordPolicyConfigurations.ACCOUNT:invalid character '6' after object value"}},
		"plus":                   {file(`"minimumSymbols":+6`), []string{`2:A.minimumSymbols:invalid character '+'`}},
		"int for bool":           {file(`"userNameForbidden":1`), []string{"2:A.userNameForbidden:must be true or false, not a number"}},
		"string for bool":        {file(`"userNameForbidden":"true"`), []string{"2:A.userNameForbidden:not a string"}},
		"True":                   {file(`"userNameForbidden":True`), []string{"2:A.userNameForbidden:invalid character 'T' at start of value"}},
		"int for string":         {file(`"allowedRegex":0`), []string{"2:A.allowedRegex:must be a string"}},
		"null for string":        {file(`"allowedRegex":null`), []string{"2:A.allowedRegex:not null"}},
		"regex":                  {file("\n\"allowedRegex\":\n\"ab(\""), []string{"4:A.allowedRegex:character 3: this ( is not closed"}},
		"regex escape":           {file(`"allowedRegex":"\d"`), []string{`2:A.allowedRegex:each \ is written \\`}},
		"text for description":   {described(`"three words"`), []string{"2:A.allowedRegexDescription:must be an object { … }, not a string"}},
		"null for description":   {described(`null`), []string{"2:A.allowedRegexDescription:not null"}},
		"description of nothing": {described(`{}`), []string{"2:A.allowedRegexDescription:has no text"}},
		"unknown language":       {described("{\n\"eng\":\"x\"}"), []string{"3:A.allowedRegexDescription.eng:did you mean en?"}},
		"language twice":         {described("{\"en\":\"x\",\n\"en\":\"y\"}"), []string{"3:A.allowedRegexDescription.en:twice"}},
		"number for a language":  {described(`{"en":7}`), []string{"2:A.allowedRegexDescription.en:must be a string in double quotes, not a number"}},
		"empty description":      {described(`{"en":"x","de":" "}`), []string{"2:A.allowedRegexDescription.de:is empty"}},
		"description of lines":   {described(`{"en":"a\nb"}`), []string{"2:A.allowedRegexDescription.en:control character"}},
		"long description":       {described(`{"en":"` + strings.Repeat("ü", 201) + `"}`), []string{"2:A.allowedRegexDescription.en:longer than 200 characters"}},
		"cut in object":          {"{\n\"passwordPolicyConfigurations\":{\n", []string{"3:passwordPolicyConfigurations:opened in line 2 is not closed"}},
		"cut in string":          {"{\n\"password", []string{"2::is cut off: what was opened in line 1 is not closed"}},
		"cut behind colon":       {"{\"passwordPolicyConfigurations\":", []string{"1:passwordPolicyConfigurations:is cut off"}},
		"comment never closed":   {"{}\n  /* …", []string{"2::never closed"}},
		"slash":                  {"{ / }", []string{`1::invalid character '/'`}},
		"trailing garbage":       {file("") + "\nx", []string{"4::has more than its one object"}},
		"two roots":              {file("") + "\n{}", []string{"4::has more than its one object"}},
		"comma at the end":       {file("\"minimumDigits\":1\n,"), []string{"3:passwordPolicyConfigurations.ACCOUNT:has a comma behind the last element"}},
		"comma missing":          {file("\"minimumDigits\":1\n\"minimumSymbols\":1"), []string{`3:passwordPolicyConfigurations.ACCOUNT:invalid character '"' after object value (expecting ',' or '}')`}},
		"single quotes":          {"{'a':1}", []string{`1::invalid character '\'' at start of value`}},
		"line break in string":   {file("\"allowedRegex\":\"a\nb\""), []string{`2:A.allowedRegex:invalid character '\n' in string`}},
		"lone surrogate":         {file(`"allowedRegex":"\ud83d"`), []string{"2:A.allowedRegex:invalid surrogate pair"}},
		"surrogate and letter":   {file(`"allowedRegex":"\ud83d\u0041"`), []string{"2:A.allowedRegex:invalid surrogate pair"}},
		"short escape":           {file(`"allowedRegex":"\u00"`), []string{"2:A.allowedRegex:invalid escape sequence"}},
		"NUL":                    {"{\x00}", []string{`1::invalid character '\x00'`}},
		"not UTF-8":              {"{\n \"a\xff\":1}", []string{"2::is not UTF-8 from here on"}},
		"UTF-16":                 {"\xff\xfe{\x00}\x00", []string{"1::is not UTF-8"}},
		"deep":                   {strings.Repeat(`{"a":`, 100_000), []string{"1:*:levels deep", "1:a:is not known"}},
		"too many keys":          {`{"a":{` + keys(1001) + "}}", []string{"1:a:has more than 1000 keys", "1:a:is not known"}},
		"deep lists":             {strings.Repeat("[", 500_000), []string{"1::levels deep", "1::must be an object"}},
		"too large":              {strings.Repeat(" ", maxFileBytes+1), []string{"0::larger than 1 MiB"}},
		"a mebibyte of comments": {strings.Repeat("/**/", maxFileBytes/4), []string{"1::is empty"}},
	} {
		t.Run(name, func(t *testing.T) { wantProblems(t, test.src, test.want) })
	}
}

// keys returns that many keys with values.
func keys(count int) string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf(`"k%d":1`, i)
	}
	return strings.Join(all, ",")
}

func wantProblems(t *testing.T, src string, want []string) {
	t.Helper()
	_, err := password.Parse("p.json", []byte(src))
	var got password.Problems
	if !errors.As(err, &got) || len(got) != len(want) {
		t.Fatalf("got %d problems, want %d:\n%v", len(got), len(want), err)
	}
	matched := func(p password.Problem, w string) bool {
		part := strings.SplitN(strings.Replace(w, ":A.", ":passwordPolicyConfigurations.ACCOUNT.", 1), ":", 3)
		return fmt.Sprint(p.Line) == part[0] && (part[1] == "*" || p.Key == part[1]) && strings.Contains(p.Why, part[2])
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(p password.Problem) bool { return matched(p, w) }) {
			t.Errorf("want %s\n got %v", w, err)
		}
	}
}

// problemsIn returns the problems in an error.
func problemsIn(t *testing.T, err error) password.Problems {
	t.Helper()
	var problems password.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("%v is no list of problems", err)
	}
	return problems
}

func TestColumnsCountCodePoints(t *testing.T) {
	_, err := password.Parse("p", []byte("\ufeff"+file(`/* ää */ "x":1`)))
	if p := problemsIn(t, err)[0]; p.Line != 2 || p.Column != 10 {
		t.Errorf("line %d, column %d", p.Line, p.Column)
	}
}

func TestLongListOfProblemsIsCut(t *testing.T) {
	rules := make([]string, 900)
	for i := range rules {
		rules[i] = fmt.Sprintf("\n%q:1", strings.Repeat("x", i%70)+fmt.Sprint(i))
	}
	_, err := password.Parse("p", []byte(file(strings.Join(rules, ","))))
	if got := problemsIn(t, err); len(got) != maxProblems+1 || !strings.Contains(got[maxProblems].Why, "and 850 more") {
		t.Errorf("%d problems, the last %v", len(got), got[len(got)-1])
	}
}

func TestParseAccepts(t *testing.T) {
	for name, src := range map[string]string{
		"byte order mark":        "\ufeff" + file(""),
		"CRLF":                   strings.ReplaceAll(file("// x\n\"minimumDigits\":1"), "\n", "\r\n"),
		"no rules":               file(""),
		"limits":                 file(`"minimumDigits":-2147483648,"maxLoginAttempts":2147483647,"blockingTimeInMin":-0`),
		"late reminder":          file(`"passwordExpirationInDays":5,"emailBeforeExpirationInDays":9`),
		"comment at the end":     file("") + "// end",
		"comment in string":      file(`"allowedRegex":"//a/*b*/"`),
		"escaped pair":           file(`"allowedRegex":"\ud83d\ude00\u0041\/"`),
		"minimum and no maximum": file(`"minimumSymbols":4096,"maximumSymbols":0`),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := password.Parse("p", []byte(src)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCommentMarksInStringsStay(t *testing.T) {
	p, err := password.Parse("p", []byte(file(`"allowedRegex":"//a/\\*b\\*/"`)))
	if err != nil {
		t.Fatal(err)
	}
	if broken := p.Account.Check("", "//a/*b*/"); broken != nil {
		t.Errorf("%q: %v", p.Account.AllowedRegex, broken)
	}
}

func TestReadRefusesUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := load(filepath.Join(dir, "none.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := load(dir); err == nil {
		t.Error("a directory was taken for a policy")
	}
	large := filepath.Join(dir, "large.json")
	if err := os.WriteFile(large, make([]byte, maxFileBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(large); err == nil || err.Error() != large+": is larger than 1 MiB" {
		t.Errorf("large file: %v", err)
	}
}

// Sections with the same expression compile it once. A mistake in it is reported for each.
func TestSectionsShareAnExpression(t *testing.T) {
	const src = `{"passwordPolicyConfigurations":{"TECHNICAL":{"allowedRegex":%q},"ACCOUNT":{"allowedRegex":%[1]q,"minimumDigits":2},"SUPERADMIN":{"allowedRegex":"b+"}}}`
	got, err := password.Parse("p", fmt.Appendf(nil, src, `[a-z\d]+`))
	if err != nil {
		t.Fatal(err)
	}
	technical, account, superAdmin := got.Technical.Expression(), got.Account.Expression(), got.SuperAdmin.Expression()
	if technical != account || technical == superAdmin {
		t.Error("an expression was compiled twice, or two were mixed up")
	}
	if len(got.Technical.Check("", "abc")) > 0 || len(got.Account.Check("", "abc")) == 0 || len(got.SuperAdmin.Check("", "abc")) == 0 {
		t.Error("a section is checked against another's rules")
	}
	var problems password.Problems
	if _, err = password.Parse("p", fmt.Appendf(nil, src, `a)`)); !errors.As(err, &problems) || len(problems) != 2 {
		t.Errorf("got %v", err)
	}
}
