package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// farthestMeant is the largest edit distance at which a command is suggested.
const farthestMeant = 2

// refuseUnknown makes commands with subcommands refuse unknown ones. By default most would print their help and exit with 0.
func refuseUnknown(command *cobra.Command) {
	for _, below := range command.Commands() {
		refuseUnknown(below)
	}
	if !command.HasSubCommands() {
		return
	}
	command.Args, command.SuggestionsMinimumDistance = noneBelow, farthestMeant
	if !command.Runnable() { // cobra would ignore its arguments
		command.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		command.DisableFlagsInUseLine = true // without a subcommand it prints its help
	}
}

// refuseUnknownHelp makes `help` refuse unknown commands.
func refuseUnknownHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"}) // which exists
	help.Args = func(_ *cobra.Command, args []string) error {
		about, rest, _ := root.Find(args) // whose errors are those of noneBelow
		if !about.HasSubCommands() {
			return nil
		}
		return noneBelow(about, rest)
	}
}

// noneBelow refuses the first argument as an unknown subcommand, with suggestions.
func noneBelow(command *cobra.Command, args []string) error {
	err := cobra.NoArgs(command, args)
	if err == nil {
		return nil
	}
	meant := command.SuggestionsFor(args[0])
	if len(meant) == 0 {
		return err
	}
	return fmt.Errorf("%w\n\nDid you mean this?\n\t%s", err, strings.Join(meant, "\n\t"))
}
