namespace Headrace.Verifier;

/// <summary>Something acquired on the path that must be given back before its end.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id: <see cref="RegisterState.ReferenceId"/> of every pointer to it; for a lock the id of the value it is in.</param>
/// <param name="Slot">The instruction that acquired it.</param>
/// <param name="Owner">For a lock: the map or object the lock is in. Null otherwise.</param>
internal readonly record struct Reference(ReferenceKind Kind, int Id, int Slot, object? Owner = null);
