package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// groupsOf returns the paths of all commands that have others below them, this one's among them.
func groupsOf(command *cobra.Command) (paths []string) {
	if command.HasSubCommands() {
		paths = append(paths, command.CommandPath())
	}
	for _, below := range command.Commands() {
		paths = append(paths, groupsOf(below)...)
	}
	return paths
}

// TestUnknownCommandsAreRefused by every group that there is, and by the help about it.
func TestUnknownCommandsAreRefused(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	groups := groupsOf(rootCommand(&env{}))
	for _, path := range groups {
		below := strings.Fields(path)[1:]
		for _, args := range [][]string{
			slices.Concat(below, []string{"no-such"}), slices.Concat(below, []string{"no-such", "more"}), slices.Concat([]string{"help"}, below, []string{"no-such"}),
		} {
			printed, err := p.command("", args...)
			if want := `unknown command "no-such" for "` + path + `"`; err == nil || err.Error() != want || printed != "" {
				t.Errorf("%v: %v, want %s; printed %q", args, err, want, printed)
			}
		}
	}
	for _, path := range []string{"web", "web policy", "web mail"} {
		if !slices.Contains(groups, path) {
			t.Errorf("%s is not among %v", path, groups)
		}
	}
}

// Mistyped commands are answered with the nearest known one.
func TestMistypedCommands(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	for said, args := range map[string][]string{
		"unknown command \"chekc\" for \"web policy\"\n\nDid you mean this?\n\tcheck": {"policy", "chekc", "minmax.json"},
		"unknown command \"tset\" for \"web mail\"\n\nDid you mean this?\n\ttest":     {"mail", "tset"},
		"unknown command \"polciy\" for \"web\"\n\nDid you mean this?\n\tpolicy":      {"polciy", "check", "minmax.json"},
		"unknown command \"p\" for \"web mail\"\n\nDid you mean this?\n\tpreview":     {"help", "mail", "p"},
	} {
		if _, err := p.command("", args...); err == nil || err.Error() != said {
			t.Errorf("%v: %v, want %s", args, err, said)
		}
	}
}

// TestGroupsAlonePrintTheirHelp, as does asking for it.
func TestGroupsAlonePrintTheirHelp(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	for _, args := range [][]string{{"policy"}, {"policy", "--help"}, {"help", "policy"}} {
		if printed := p.must("", args...); !strings.Contains(printed, "Usage:\n  web policy\n  web policy [command]\n") {
			t.Errorf("%v printed\n%s", args, printed)
		}
	}
	p.must("", "help", "policy", "check")
	p.must("", "help")
}
