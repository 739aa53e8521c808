package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/settings.md")

const settingsPage = "../docs/settings.md"

// docs/settings.md is generated from the table of settings: `go generate ./config` writes it.
func TestSettingsPageIsUpToDate(t *testing.T) {
	want := settingsMarkdown()
	if *update {
		if err := os.WriteFile(settingsPage, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(settingsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is out of date: run `go generate ./config` and commit the change", settingsPage)
	}
}

func settingsMarkdown() string {
	var page strings.Builder
	page.WriteString(`# Settings

<!-- Generated from config/settings.go by "go generate ./config". Do not edit. -->

A flag overrides the environment, the environment overrides the settings file, and the file overrides the default. An empty
variable or key counts as not set. In the settings file (` + "`settings.yml`" + ` in the working directory, or ` + "`--settings`" + `) a key is the
name without ` + "`LATCHKEY_`" + `. Names listed without that prefix are also accepted with it. Relative paths are relative to the
working directory.

` + "```yaml" + `
LISTEN: 127.0.0.1:9000
BASE_URL: https://accounts.example.org
TRUSTED_PROXIES: [10.0.0.0/8, 192.168.1.7]
` + "```" + `

All settings are read at start. Unknown keys, unreadable values and contradictions stop the start, each with its own line and
never with a password.

| setting | default | meaning |
|---|---|---|
`)
	for _, s := range table {
		name := envPrefix + s.name
		if s.unprefixed {
			name = s.name
		}
		name = "`" + name + "`"
		if s.flag != "" {
			name += ", `--" + s.flag + "`"
		}
		value := "`" + s.def + "`"
		if s.shown != "" {
			value = s.shown
		}
		help := s.help
		if s.see != "" {
			help += " ([more](" + s.see + "))"
		}
		fmt.Fprintf(&page, "| %s | %s | %s |\n", name, strings.ReplaceAll(value, "|", `\|`), strings.ReplaceAll(help, "|", `\|`))
	}
	page.WriteString(`
Durations are written like ` + "`24h`" + ` or ` + "`90m`" + `, retention times in days (` + "`365d`" + `).

The other ` + "`COMPLIANCE_…`" + ` settings are reserved: their rules are not implemented yet, so any value but the default
stops the start.
`)
	return page.String()
}

// The flags are part of the contract.
func TestEverySettingHasHelpAndADefault(t *testing.T) {
	flags := map[string]bool{"listen": true, "data": true, "database": true, "base-url": true, "smtp": true, "password-policy": true, "settings": true}
	for _, s := range table {
		if s.name == "" || s.help == "" || s.def == "" && s.shown == "" {
			t.Errorf("incomplete: %+v", s)
		}
		if s.flag != "" && !flags[s.flag] {
			t.Errorf("unexpected flag --%s", s.flag)
		}
		delete(flags, s.flag)
	}
	for flag := range flags {
		t.Errorf("flag --%s is missing", flag)
	}
}
