package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// farthestMeant is how many letters a mistyped command may be away from one that was meant.
const farthestMeant = 2

// refuseUnknown has every command that has others below it refuse a word that is none of them. cobra has most of them print
// their help then, and end with 0.
func refuseUnknown(command *cobra.Command) {
	for _, below := range command.Commands() {
		refuseUnknown(below)
	}
	if !command.HasSubCommands() {
		return
	}
	command.Args, command.SuggestionsMinimumDistance = noneBelow, farthestMeant
	if !command.Runnable() { // its arguments would not be looked at
		command.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		command.DisableFlagsInUseLine = true // alone it is asked for its help
	}
}

// refuseUnknownHelp has `help` refuse what there is no help about.
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

// noneBelow refuses the first argument, which is no command below this one, and says which may have been meant.
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
