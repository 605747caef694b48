using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>What is known of a helper without calling it: who may call it and with which arguments.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Programs">Kinds of program that may call it.</param>
/// <param name="Arguments">Its arguments from R1 on, five at most.</param>
/// <param name="GplOnly">True when only programs under a GPL-compatible licence may call it.</param>
/// <param name="ChangesPacket">True when pointers into the packet are worth nothing after the call.</param>
internal sealed record HelperPrototype(HelperId Id, HelperPrograms Programs, Argument[] Arguments, bool GplOnly, bool ChangesPacket);
