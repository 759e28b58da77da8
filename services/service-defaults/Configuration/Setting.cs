namespace Mambo.ServiceDefaults.Configuration;

/// <summary>A value someone gave for an option.</summary>
/// <param name="Option">What it is for.</param>
/// <param name="Text">As written.</param>
/// <param name="Origin">Where, in words: <c>mambo.yml, line 12</c>.</param>
internal sealed record Setting(OptionDefinition Option, string Text, string Origin);
