package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
)

// withExpression returns a policy file with nothing but an expression.
func withExpression(t *testing.T, expression string) string {
	t.Helper()
	return withAccount(t, map[string]any{"allowedRegex": expression})
}

// withMinimums returns a policy with an expression, and this minimum of special characters, upper-case letters and digits.
func withMinimums(t *testing.T, minimum int, expression string) string {
	t.Helper()
	return withAccount(t, map[string]any{
		"allowedRegex": expression, "minimumSpecialSymbols": minimum, "minimumUpperCaseSymbols": minimum, "minimumDigits": minimum,
	})
}

func withAccount(t *testing.T, rules map[string]any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"passwordPolicyConfigurations": map[string]any{"TECHNICAL": map[string]any{}, "ACCOUNT": rules}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every policy file is accepted, or refused with a reason, quickly and within 64 MiB.
func TestHostilePolicyFiles(t *testing.T) {
	testkit.Parallel(t)
	if testing.Short() {
		t.Skip("it needs nothing that a bare machine lacks, and takes long")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a process is read from /proc")
	}
	const most = 64 // MiB
	looks := ""
	for _, letter := range "abcdefghijklmn" {
		looks += "(?=.*" + string(letter) + ")"
	}
	// Where there are two numbers, the smaller one leads through all of the code that the larger one does (`go build -cover`).
	for name, test := range map[string]struct {
		file string
		said string // on standard error; "" = the file is taken
	}{
		"a repetition in a repetition":     {withExpression(t, `(a+)+$`), ""},
		"a choice of the same":             {withExpression(t, `(a|aa)+$`), ""},
		"a look-ahead that explodes":       {withExpression(t, `(?=.*(.+)+x).*`), ""},
		"a thousand nested groups":         {withExpression(t, strings.Repeat("(", 1000)+strings.Repeat(")", 1000)), "character 101: groups are nested more than 100 deep"},
		"a hundred nested repetitions":     {withExpression(t, strings.Repeat("(?:", 90)+"a?"+strings.Repeat(")*", 90)), ""},
		"two windows":                      {withExpression(t, `(?=.*a.{40}$)(?=.*b.{39}$).*`), ""},
		"a million steps":                  {withExpression(t, `(?:a{1,1000}){1,1000}`), ""},
		"fourteen look-aheads":             {withExpression(t, looks+".{10,}"), ""},
		"a thousand classes":               {withExpression(t, strings.Repeat(`\P{L}`, 1000)), ""},
		"marks in great number":            {withExpression(t, `\p{Mn}{500}e\x{301}`), ""},
		"many intersected letter classes":  {withExpression(t, `[\p{L}&&\P{Lo}]{300}e\x{301}`), ""},
		"references that explode":          {withExpression(t, strings.Repeat(`(\w+)\1`, 3)), ""},
		"more repetitions than a password": {withExpression(t, `(?:(?:a{2147483647}){2147483647}|b)`), ""},
		"minimums with an expression":      {withMinimums(t, testkit.Times(46, 60), `(?=.*[a-z])(?=.*\d)(?=.*[^\w\s]).{190,500}`), ""},
		"minimums of a thousand":           {withMinimums(t, testkit.Times(600, 1000), `.*`), ""},
		"minimums with 14 look-aheads":     {withMinimums(t, 9, looks+".{10,}"), ""},
		"an expression of a mebibyte":      {withExpression(t, strings.Repeat("a", 1<<20-200)), "longer than 10000 characters"},
		"a mebibyte of keys":               {"{" + strings.Repeat(`"k":1,`, 1<<20/6-1) + `"k":1}`, "is there twice"},
		"a mebibyte of comments":           {strings.Repeat("/**/", 1<<18), "is empty"},
		"a mebibyte of braces":             {strings.Repeat(`{"a":`, 1<<20/5), "levels deep"},
		"more than a mebibyte":             {strings.Repeat(" ", 1<<20+1), "larger than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			testkit.Parallel(t)
			p := newProgram(t, "sqlite")
			file := filepath.Join(t.TempDir(), "policy.json")
			if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			command := exec.Command(os.Args[0], "policy", "check", file)
			peak := filepath.Join(t.TempDir(), "peak")
			command.Env = p.environment([]string{peakFile, peak})
			started := time.Now()
			said, err := command.CombinedOutput()
			if (err != nil) != (test.said != "") || !strings.Contains(string(said), test.said) {
				t.Errorf("%v:\n%.500s", err, said)
			}
			noted, err := os.ReadFile(peak)
			used, parseErr := strconv.ParseFloat(string(noted), 64)
			t.Logf("%v MiB, %v", used, time.Since(started).Round(time.Millisecond))
			if err != nil || parseErr != nil || used < 1 || used > most {
				t.Errorf("%v MiB were used, at most %d are right (%v, %v)", used, most, err, parseErr)
			}
			if strings.Contains(string(said), "goroutine ") {
				t.Errorf("it panicked:\n%s", said)
			}
		})
	}
}
